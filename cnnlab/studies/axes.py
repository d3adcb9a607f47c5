"""What a study varies: each setting with its values, or with the range from which they are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cnnlab import models
from cnnlab.errors import CnnlabError
from cnnlab.models.options import as_json
from cnnlab.training.config import OPTION, TrainConfig

RANGE, LIST = "..", ";"  # 1e-4..1e-1; between the values of a setting that is itself a list, whose parts commas divide
LOGARITHMIC = ("learning_rate", "weight_decay")  # drawn so that every power of ten is as likely
NETWORK = ("network", "options")
APART = {  # settings that cannot be varied, and why
    "recipe": "it is only a name",
    "seed": "--seeds N says how many there are, and seed=S the first of them",
    "dataset": "accuracies on different images cannot be compared",
    "split": "accuracies on different images cannot be compared",
}


@dataclass(frozen=True)
class Axis:
    """A setting with its values as JSON knows them, or (low, high) of a range, both of its type."""

    name: str
    values: tuple[Any, ...] = ()
    low: float = 0
    high: float = 0

    @property
    def ranges(self) -> bool:
        """Whether its values are drawn from low to high."""
        return not self.values

    @property
    def logarithmic(self) -> bool:
        """Whether they are drawn evenly in the logarithm."""
        return self.name in LOGARITHMIC and self.low > 0

    @property
    def whole(self) -> bool:
        """Whether they are whole numbers."""
        return isinstance(self.low, int)


def parted(changes: Mapping[str, Any], recipe: TrainConfig) -> tuple[TrainConfig, list[Axis]]:
    """(the recipe with what has one value, what has several) of changes by setting, as they were typed.

    Raises CnnlabError naming the setting and its value where it is not allowed.
    """
    named = {name: changes[name] for name in NETWORK if name in changes and not _several(name, changes[name], recipe)}
    base = recipe.replace(**named)  # first, because the other options are this network's
    varied = {name: text for name, text in changes.items() if _several(name, text, base)}
    base = base.replace(**{name: value for name, value in changes.items() if name not in {*named, *varied}})
    return base, [_axis(name, text, base) for name, text in varied.items()]


def value_of(config: TrainConfig, name: str) -> Any:
    """The value of a setting as JSON knows it, "options.channels" of one of the network's; None for an unknown name."""
    said = config.as_dict()
    if not name.startswith(OPTION):
        return said.get(name)
    usual = {option.name: as_json(option.default) for option in models.spec(config.network).options}
    return {**usual, **said["options"]}.get(name.removeprefix(OPTION))


def plain(name: str) -> str:
    """A setting's name for people: learning rate."""
    return name.removeprefix(OPTION).replace("_", " ")


def spelled(value: Any) -> str:
    """A value of an axis for people: 0.001, 8,16, adam."""
    if isinstance(value, list):
        return ",".join(map(spelled, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _several(name: str, text: Any, base: TrainConfig) -> bool:
    if not isinstance(text, str):
        return False
    return _divider(name, base) in text or (RANGE in text and _is_number(name, base))


def _divider(name: str, base: TrainConfig) -> str:
    return LIST if isinstance(value_of(base, name), list) else ","


def _is_number(name: str, base: TrainConfig) -> bool:
    held = value_of(base, name)
    return isinstance(held, (int, float)) and not isinstance(held, bool)


def _axis(name: str, text: str, base: TrainConfig) -> Axis:
    if name in APART:
        raise CnnlabError(f"{name} is {text!r}: it cannot be varied in a sweep, {APART[name]}.")
    if RANGE in text and _is_number(name, base):
        return _range(name, text, base)
    found: list[Any] = []
    for part in text.split(_divider(name, base)):
        typed = _typed(name, part.strip(), base)
        if typed in found:
            raise CnnlabError(f"{name} is {text!r}: it names {part.strip()} twice.")
        found.append(typed)
    return Axis(name, tuple(found))


def _range(name: str, text: str, base: TrainConfig) -> Axis:
    low, high = (_typed(name, part.strip(), base) for part in text.split(RANGE, 1))
    if not low < high:
        raise CnnlabError(f"{name} is {text!r}: a range begins with its lower end, for example 0.001{RANGE}0.1.")
    return Axis(name, low=low, high=high)


def _typed(name: str, text: str, base: TrainConfig) -> Any:
    """The value as the settings hold it, a list as the text that was typed. Raises CnnlabError where not allowed."""
    held = value_of(base.replace(**{name: text}), name)
    return held if isinstance(held, (bool, int, float, str)) else text
