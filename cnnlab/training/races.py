"""Races: several settings that learn side by side, and what each is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnnlab.models import custom_store
from cnnlab.training import differences
from cnnlab.training.config import TrainConfig

MOST_LANES = 6  # more curves cannot be told apart


@dataclass(frozen=True)
class Entry:
    """One lane to be: its settings, and in a few words what is different about it ("learning rate 0.1")."""

    config: TrainConfig
    words: str


@dataclass(frozen=True)
class ReadyRace:
    """A race to be started with one click.

    name: for addresses, lower-case with hyphens; note: one sentence of what to look at; page: the page that shows it, a
    name of pages/; entries: two to six, where something is broken on purpose the healthy one first; seconds: what it
    costs on two cores.
    """

    name: str
    title: str
    note: str
    page: str
    entries: tuple[Entry, ...]
    seconds: float


def entries(configs: Sequence[TrainConfig]) -> list[Entry]:
    """The lanes with these settings, each named by what sets it apart from the first, the first by what it is."""
    if not configs:
        return []
    first = configs[0]
    return [Entry(config, _apart(config, first) if place else _name(config)) for place, config in enumerate(configs)]


def _name(config: TrainConfig) -> str:
    return config.recipe if config.recipe != "custom" else custom_store.name_of(config.network, config.options)


def _apart(config: TrainConfig, first: TrainConfig) -> str:
    """What is different: another recipe's name, the network, the settings."""
    if config.recipe != first.recipe:
        return _name(config)
    network = [] if config.network == first.network else [custom_store.name_of(config.network, config.options)]
    return ", ".join([*network, *differences.in_words(config.replace(device=first.device), first)]) or "the same"
