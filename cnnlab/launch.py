"""Starting a run: the data it needs and the folder it writes, the same for every front end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cnnlab import data
from cnnlab.checkpoints import RunWriter
from cnnlab.data.mnist import Progress
from cnnlab.data.splits import Split, split
from cnnlab.models import own
from cnnlab.training.config import TrainConfig
from cnnlab.training.recipes import RECIPES


def prepare(config: TrainConfig, root: Path, progress: Progress | None = None) -> tuple[Split, Callable[[], RunWriter]]:
    """(the data parted as `config` says, a function that makes the run's folder under `root`).

    `progress` is told of downloads. Raises CnnlabError when the data cannot be had.
    """
    parts = split(config.split, *data.load(config.dataset, progress))
    return parts, lambda: RunWriter(root, config, parts.train.classes, parts.train.image_shape, run_name(config))


def run_name(config: TrainConfig) -> str:
    """What a run is called: after its recipe, or after its network where that is not the recipe's."""
    recipe = RECIPES.get(config.recipe)
    if recipe is None or recipe.config.network == config.network and config.network != own.CUSTOM:
        return config.recipe
    return own.name_of(config.network, config.options)
