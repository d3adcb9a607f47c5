"""The program that builds a network layer by layer and trains it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnnlab.runs.export.script.whole_script import Script, config_script
from cnnlab.training.config import TrainConfig
from cnnlab.training.recipes import RECIPES
from cnnlab.ui.components import program_code


def show(name: str, network: str, options: Mapping[str, Any], key: str, dataset: str = "") -> None:
    """Draw it, closed at first. dataset: what to train on, by default what the network's recipe does, or MNIST.

    network, options: as cnnlab.models knows it; name: what people call it.
    """
    recipe = next((each for each in RECIPES.values() if each.config.network == network), None)
    about = f"**{name}** spelled out, with a training around it: " + (
        f"that of the recipe *{recipe.title}*." if recipe else "Adam, three epochs of MNIST."
    )

    def write() -> Script:
        config = recipe.config if recipe else TrainConfig(recipe=name)
        data = {"dataset": dataset} if dataset else {}
        return config_script(config.replace(network=network, options=options, **data), name)

    program_code.draw(write, key, about)
