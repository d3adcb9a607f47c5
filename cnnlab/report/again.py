"""How a run is made again: the command that trains it, and its program."""

from __future__ import annotations

import shlex

from cnnlab.models.families.ensemble_net import MEAN
from cnnlab.models.families.ensemble_net import NAME as ENSEMBLE
from cnnlab.models.options import Options
from cnnlab.training.config import OPTION, TrainConfig
from cnnlab.training.recipes import FIRST, RECIPES

ANYWHERE = ("recipe", "device", "eval_every", "eval_images", "keep")  # they change nothing that is learned
FLAGS = ("network", "epochs", "seed")  # of the command line; all else is --set


def command(config: TrainConfig) -> str:
    """The command line that trains by these settings: the recipe, and what differs from it; or joins an ensemble."""
    if config.network == ENSEMBLE:
        members = [str(member["run"]) for member in config.options["members"]]
        rule = config.options.get("rule", MEAN)
        return shlex.join(["python", "-m", "cnnlab", "ensemble", *members, "--rule", rule])
    recipe = config.recipe if config.recipe in RECIPES else FIRST.name
    usual, chosen = RECIPES[recipe].config.as_dict(), config.as_dict()
    words = ["python", "-m", "cnnlab", "train", "--recipe", recipe]
    if chosen["network"] != usual["network"]:
        usual["options"] = {}
    for name, value in chosen.items():
        if name in ANYWHERE or name == "options" or value == usual[name]:
            continue
        words += [f"--{name}", _text(value)] if name in FLAGS else ["--set", f"{name}={_text(value)}"]
    for name, value in chosen["options"].items():
        if usual["options"].get(name) != value:
            words += ["--set", f"{OPTION}{name}={_option(value)}"]
    return shlex.join(words)


def _text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _option(value: object) -> str:
    plain = isinstance(value, (list, tuple)) and not any(isinstance(each, dict) for each in value)
    return _text(value) if plain or not isinstance(value, (list, tuple)) else Options({"x": value}).text[6:-1]
