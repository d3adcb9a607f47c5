"""Plan: which trials a study has, checked as a whole before anything starts."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnnlab.errors import CnnlabError
from cnnlab.runs import names
from cnnlab.studies.axes import RANGE, Axis, plain, spelled
from cnnlab.training.config import TrainConfig
from cnnlab.training.differences import SHORT

MOST_TRIALS = 500
MOST_AXES = 12
SEED = "seed"


@dataclass(frozen=True)
class Plan:
    """What is varied around `base`: every combination of the axes' values, or `random` of them drawn by Optuna.

    seeds: how many runs each setting has, with the seeds from the base's on. pruning: whether runs far behind the
    others are stopped. Made once, checked at once: raises CnnlabError in a sentence.
    """

    base: TrainConfig
    axes: tuple[Axis, ...]
    seeds: int = 1
    random: int = 0
    pruning: bool = True

    def __post_init__(self):
        _between("--seeds", self.seeds, 1)
        _between("--random", self.random, 0)
        if self.base.split == "none":
            raise CnnlabError("split is 'none': a sweep compares by the validation images; choose another split.")
        if not self.axes and self.seeds == 1:
            raise CnnlabError(
                "Nothing is varied: name several values, for example --set learning_rate=1e-4,1e-3, or --seeds 3."
            )
        if len(self.axes) > MOST_AXES:
            raise CnnlabError(f"{len(self.axes)} settings are varied: at most {MOST_AXES} are.")
        for axis in self.axes:
            if axis.ranges and not self.random:
                raise CnnlabError(
                    f"{axis.name} is '{axis.low:g}{RANGE}{axis.high:g}', a range: say with --random N how many "
                    "settings are drawn, or name its values with commas."
                )
        if self.random and not self.axes:
            raise CnnlabError(f"--random is {self.random}, but nothing is varied: name a range or several values.")
        if self.size > MOST_TRIALS:
            counts = [self.random] if self.random else [len(axis.values) for axis in self.axes]
            product = " × ".join(map(str, [*counts, self.seeds]))
            raise CnnlabError(
                f"The sweep has {product} = {self.size:,} trials, at most {MOST_TRIALS} are allowed: name fewer "
                "values, or draw some with --random N."
            )

    @property
    def size(self) -> int:
        """How many trials it has."""
        return (self.random or math.prod(len(axis.values) for axis in self.axes)) * self.seeds

    @property
    def varied(self) -> tuple[str, ...]:
        """The names of the settings that are varied, without the seed."""
        return tuple(axis.name for axis in self.axes)

    @property
    def stem(self) -> str:
        """What it is called where nobody says."""
        return names.cleaned("-".join([self.base.recipe, *map(_word, self.varied)] + ["seeds"] * (not self.axes)))

    def run_name(self, cell: Mapping[str, Any]) -> str:
        """What the run of a trial is called: by all that is varied, since what is common would hide it."""
        said = [*self.varied] + [SEED] * (self.seeds > 1)
        return names.cleaned("-".join([self.base.recipe, *(f"{_word(name)}-{spelled(cell[name])}" for name in said)]))

    @property
    def grid(self) -> list[dict[str, Any]]:
        """Every combination of the axes' values, by name; the last axis changes first."""
        combinations = itertools.product(*(axis.values for axis in self.axes))
        return [dict(zip(self.varied, each, strict=True)) for each in combinations]

    def cells(self, settings: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Each of the settings with each seed, all settings with the first seed first: soon there is one of each."""
        first = self.base.seed
        return [{**each, SEED: seed} for seed in range(first, first + self.seeds) for each in settings]

    def config(self, cell: Mapping[str, Any]) -> TrainConfig:
        """The settings of one trial. Raises CnnlabError where its values do not go together."""
        return self.base.replace(**cell)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; from_dict is its inverse."""
        axes = [{**dataclasses.asdict(axis), "values": list(axis.values)} for axis in self.axes]
        said = {"seeds": self.seeds, "random": self.random, "pruning": self.pruning}
        return {"base": self.base.as_dict(), "axes": axes, **said}

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Plan:
        """A plan from as_dict's output. Raises CnnlabError as the class does, KeyError or TypeError for nonsense."""
        axes = tuple(Axis(**{**each, "values": tuple(each["values"])}) for each in said["axes"])
        base = TrainConfig.from_dict(said["base"])
        return cls(base, axes, seeds=said["seeds"], random=said["random"], pruning=said["pruning"])


def _word(name: str) -> str:
    word = plain(name).replace(" ", "-")
    return SHORT.get(word, word)


def _between(name: str, value: int, low: int) -> None:
    if not low <= value <= MOST_TRIALS:
        raise CnnlabError(f"{name} is {value}: it must lie between {low} and {MOST_TRIALS}.")
