"""What sets a run apart from its recipe, in a few short words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnnlab.models import custom_store
from cnnlab.training.config import TrainConfig

# Of these nobody wants to read in a name: they change where and how a run is done, not what it learns.
UNSAID = ("recipe", "network", "device", "eval_every", "eval_images", "keep", "mixed_precision")
SHORT = {
    "learning-rate": "lr",
    "batch-size": "batch",
    "weight-decay": "decay",
    "early-stopping": "stop-early",
    "train-images": "images",
}
BY_VALUE = ("optimizer", "schedule", "dataset", "split", "order", "pixels")  # "sgd" says it all


def differences(config: TrainConfig, usual: TrainConfig) -> list[str]:
    """Each setting in which `config` is not `usual`, and of another network its options: "lr-10", "sgd", "epochs-5"."""
    return [f"{SHORT.get(name, name)}-{value}".strip("-") for name, value in _pairs(config, usual)]


def in_words(config: TrainConfig, usual: TrainConfig) -> list[str]:
    """The same for people: "learning rate 10", "sgd", "epochs 5"."""
    return [f"{name.replace('-', ' ')} {value}".strip() for name, value in _pairs(config, usual)]


def _pairs(config: TrainConfig, usual: TrainConfig) -> list[tuple[str, str]]:
    """(name with hyphens, value) of each difference; where one of them says it all, the other is empty."""
    found: list[tuple[str, str]] = []
    same = config.network == usual.network
    for name, value in config.as_dict().items():
        if name == "options" and config.network == custom_store.CUSTOM:  # its layers, which its name stands for
            continue
        if name == "options":
            found += _options(value, usual.as_dict()["options"] if same else {})
        elif name not in UNSAID and value != usual.as_dict()[name]:
            found.append(("", _text(value)) if name in BY_VALUE else _pair(name, value))
    return found


def _options(chosen: Mapping[str, Any], usual: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [_pair(name, value) for name, value in chosen.items() if usual.get(name) != value]


def _pair(name: str, value: Any) -> tuple[str, str]:
    if isinstance(value, bool):
        return (_word(name) if value else f"no-{_word(name)}"), ""
    return _word(name), _text(value)


def _word(name: str) -> str:
    return name.removeprefix("augment_").replace("_", "-")


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "-".join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
