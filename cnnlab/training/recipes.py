"""Named settings: an article's experiment, or one of ours."""

from __future__ import annotations

from dataclasses import dataclass

from cnnlab.errors import CnnlabError
from cnnlab.training.config import TrainConfig


@dataclass(frozen=True)
class Recipe:
    """A TrainConfig with a title, where it comes from, and the test accuracy (0..1) reported there, if any."""

    config: TrainConfig
    title: str
    note: str
    reported: float | None = None

    @property
    def name(self) -> str:
        """What the command line calls it."""
        return self.config.recipe


_ALL = [
    Recipe(
        TrainConfig(recipe="a0-simple-cnn"),
        "SimpleCNN as in A0",
        "Adam, 3 epochs, raw pixels. The article trains on all 60,000 images; here the last 5,000 are held out to "
        "validate (--set split=none for the article's way).",
        reported=0.9894,
    ),
]
RECIPES = {recipe.name: recipe for recipe in _ALL}


def recipe(name: str) -> Recipe:
    """The recipe `name`. Raises CnnlabError naming the known ones."""
    if name not in RECIPES:
        raise CnnlabError(f"recipe is {name!r}: choose one of {', '.join(RECIPES)}.")
    return RECIPES[name]
