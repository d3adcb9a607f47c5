"""The command line that makes a run again gives its very settings."""

from __future__ import annotations

import shlex

import pytest

from cnnlab.report.again import ANYWHERE, command
from cnnlab.training.config import TrainConfig
from cnnlab.training.recipes import RECIPES, recipe


def understood(line: str) -> TrainConfig:
    """What `cnnlab train` would make of it."""
    words = shlex.split(line)[4:]
    changes = {}
    for flag, value in zip(words[::2], words[1::2], strict=True):
        name, _, rest = value.partition("=")
        changes |= {name: rest} if flag == "--set" else {flag.removeprefix("--"): value}
    return recipe(changes.pop("recipe")).config.replace(**changes)


CONFIGS = [
    *(each.config for each in RECIPES.values()),
    TrainConfig(recipe="mine", network="vgg-11", options={"size": 32, "width": 0.5}, seed=4),
    TrainConfig(recipe="draw", outliers=0.0, milestones=(2, 5), schedule="multistep", freeze=("conv1", "fc"), ema=0.9),
    TrainConfig(network="custom", options={"layers": [{"kind": "flatten"}, {"kind": "linear", "units": 9}]}),
    TrainConfig(options={"channels": (4, 9), "dropout": 0.5}, mixed_precision=True, test_leak=True),
]


@pytest.mark.parametrize("config", CONFIGS)
def test_it_gives_the_same_settings(config):
    same = {name: getattr(config, name) for name in ANYWHERE}
    assert understood(command(config)).replace(**same) == config


def test_an_ensemble_is_joined_again():
    members = [{"run": "one", "network": "lenet-5"}, {"run": "two@3", "network": "digit-net"}]
    config = TrainConfig(network="ensemble", options={"members": members, "rule": "vote"})
    assert command(config) == "python -m cnnlab ensemble one two@3 --rule vote"
