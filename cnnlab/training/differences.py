"""What sets a run apart from its recipe, in a few short words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnnlab.models import custom_store
from cnnlab.training.config import TrainConfig

# Of these nobody wants to read in a name: they change where and how a run is done, not what it learns.
UNSAID = ("recipe", "network", "device", "eval_every", "eval_images", "keep", "mixed_precision")
SHORT = {"learning_rate": "lr", "batch_size": "batch", "weight_decay": "decay", "early_stopping": "stop-early"}
BY_VALUE = ("optimizer", "schedule", "dataset", "split")  # "sgd" says it all


def differences(config: TrainConfig, usual: TrainConfig) -> list[str]:
    """Each setting in which `config` is not `usual`, and of another network its options: "lr-10", "sgd", "epochs-5"."""
    found = []
    same = config.network == usual.network
    for name, value in config.as_dict().items():
        if name == "options" and config.network == custom_store.CUSTOM:  # its layers, which its name stands for
            continue
        if name == "options":
            found += _options(value, usual.as_dict()["options"] if same else {})
        elif name not in UNSAID and value != usual.as_dict()[name]:
            found.append(_text(value) if name in BY_VALUE else f"{_word(name)}-{_text(value)}")
    return found


def _options(chosen: Mapping[str, Any], usual: Mapping[str, Any]) -> list[str]:
    return [f"{_word(name)}-{_text(value)}" for name, value in chosen.items() if usual.get(name) != value]


def _word(name: str) -> str:
    return SHORT.get(name, name.removeprefix("augment_").replace("_", "-"))


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "-".join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
