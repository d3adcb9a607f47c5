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
    Recipe(
        TrainConfig(
            recipe="draw",
            network="draw-net",
            epochs=14,
            batch_size=128,
            optimizer="adamw",
            learning_rate=5e-3,
            schedule="one-cycle",
            weight_decay=0.01,
            augment_rotation=10,
            augment_shear=0.2,
            augment_scale=0.1,
            augment_aspect=0.2,
            augment_shift=1,
            augment_elastic=0.9,
            augment_thickness=1,
            augment_forms=0.5,
        ),
        "DrawNet for drawn digits",
        "The network behind the drawing page. MNIST under random warps, its 1s with the flag, its 7s with the bar and "
        "its 0s with the slash of other countries.",
    ),
    Recipe(
        TrainConfig(
            recipe="shift-augmented",
            epochs=8,
            learning_rate=2e-3,
            schedule="one-cycle",
            batch_size=128,
            augment_shift=4.5,
        ),
        "SimpleCNN, images shifted by up to ±4 pixels",
        "A0's network sees every digit at another place in every epoch, drawn evenly from ±4.5 pixels, so that four "
        "pixels come up as often as none.",
    ),
    Recipe(
        TrainConfig(recipe="gap", network="gap-cnn", epochs=4, learning_rate=2e-3, schedule="one-cycle"),
        "SimpleCNN with global average pooling",
        "No augmentation. The mean of each map replaces flatten → fc: it asks what was seen, not where.",
    ),
    Recipe(
        TrainConfig(recipe="blurpool", network="blurpool-cnn", epochs=4, learning_rate=2e-3, schedule="one-cycle"),
        "Global average pooling with anti-aliased pooling",
        "No augmentation. A blur before every second pixel is dropped (Zhang 2019).",
    ),
    Recipe(
        TrainConfig(recipe="polyphase", network="polyphase-cnn", epochs=4, learning_rate=2e-3, schedule="one-cycle"),
        "Global average pooling with adaptive polyphase sampling",
        "No augmentation. The image chooses which pixels are kept (Chaman & Dokmanic 2021), and its borders meet: a "
        "circular shift changes nothing.",
    ),
]
RECIPES = {recipe.name: recipe for recipe in _ALL}


def recipe(name: str) -> Recipe:
    """The recipe `name`. Raises CnnlabError naming the known ones."""
    if name not in RECIPES:
        raise CnnlabError(f"recipe is {name!r}: choose one of {', '.join(RECIPES)}.")
    return RECIPES[name]
