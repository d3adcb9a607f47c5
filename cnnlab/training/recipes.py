"""The recipes: named settings of an article's experiment, or of one made here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cnnlab.errors import CnnlabError
from cnnlab.training.config import TrainConfig

FREE = ("seed", "device", "eval_every", "eval_images", "keep")
WATCHED = "test-seen"
OPEN = "Batch size 64 and 10 epochs are our choice."
BRISK: dict[str, Any] = {"optimizer": "adamw", "schedule": "one-cycle", "weight_decay": 0.01}  # with a high peak rate
GENTLE: dict[str, Any] = {"optimizer": "sgd", "learning_rate": 0.01, "momentum": 0.9}  # A4


SOURCES = {  # by the beginning of a recipe's name
    "a0": "Article A0, study notes on Conv2d with MNIST.",
    "a1": "Article A1, a network with batch normalisation on CUDA.",
    "a2": "Article A2, convolution made visible, classic networks and two projects.",
    "a3": "Article A3, a laboratory report that takes a network apart.",
    "a4": "Article A4, a whole recognition system.",
}


@dataclass(frozen=True)
class Recipe:
    """A TrainConfig with a title, what it is, and where it comes from.

    reported: the test accuracy (0..1) that its source gives, if any; deviation: where its settings differ from there.
    """

    config: TrainConfig
    title: str
    note: str
    reported: float | None = None
    deviation: str = ""

    @property
    def name(self) -> str:
        """What the command line calls it."""
        return self.config.recipe

    @property
    def source(self) -> str:
        """Where it comes from, as a sentence."""
        return SOURCES.get(self.name[:2], "Made for cnnlab.")

    def describes(self, config: TrainConfig) -> bool:
        """Whether a run with these settings followed it: seed, device, measuring and keeping may differ."""
        return self.config.agrees(config, apart_from=FREE)


_ALL = [
    Recipe(
        TrainConfig(recipe="a0-simple-cnn"),
        "A0: SimpleCNN",
        "Adam, 3 epochs, raw pixels.",
        reported=0.9894,
        deviation="The article trains on all 60,000 images; here the last 5,000 are held out to validate (--set "
        "split=none for the article's way).",
    ),
    Recipe(
        TrainConfig(recipe="a1-batch-norm", network="bn-cnn", split=WATCHED, epochs=10, batch_size=100),
        "A1: batch normalisation",
        "Adam, 10 epochs, normalised images.",
        reported=0.9910,
        deviation="The article tests once, at the end; here the test images are also watched after every epoch.",
    ),
    Recipe(
        TrainConfig(recipe="a2-mnist", network="mnist-net", split=WATCHED, epochs=5),
        "A2: MNIST project",
        "Adam, 5 epochs, normalised images, dropout; tested after every epoch.",
        deviation="Both dropouts drop a quarter.",
    ),
    Recipe(
        TrainConfig(recipe="a2-lenet5", network="lenet-5", split=WATCHED, epochs=5),
        "A2: LeNet-5",
        "tanh and average pooling, trained like A2's MNIST project.",
        deviation="The article shows the network only; its training is that of the MNIST project.",
    ),
    Recipe(
        TrainConfig(
            recipe="a2-cifar10",
            network="resnet",
            dataset="cifar10",
            split=WATCHED,
            epochs=180,
            batch_size=128,
            optimizer="sgd",
            learning_rate=0.1,
            momentum=0.9,
            weight_decay=5e-4,
            schedule="multistep",
            milestones=(100, 150),
            augment_crop=4,
            augment_flip=0.5,
            keep=1,
        ),
        "A2: CIFAR-10 project",
        "A residual network on colour images, mirrored and cropped at random; SGD, 180 epochs, the rate a tenth from "
        "epoch 100 on and again from 150.",
        deviation="As in the article the best epoch is chosen by test images, which flatters it.",
    ),
    Recipe(
        TrainConfig(
            recipe="a3-conv-net",
            network="conv-net",
            split="test-halves",
            epochs=20,
            optimizer="sgd",
            momentum=0.9,
            eval_images=5_000,
        ),
        "A3: ConvNet",
        "SGD with momentum, 20 epochs, raw pixels; validated every 100 batches on the first 5,000 test images, tested "
        "on the last 5,000.",
        reported=0.9906,
        deviation="Logits and cross-entropy in place of log-softmax and its loss: the same numbers.",
    ),
    Recipe(
        TrainConfig(recipe="a4-digit-net", network="digit-net", split=WATCHED, epochs=10, **GENTLE),
        "A4: first network",
        "SGD with momentum. Nothing stands between the two linear layers, so they can say no more than one.",
        deviation=OPEN,
    ),
    Recipe(
        TrainConfig(recipe="a4-repaired", network="digit-net-repaired", split=WATCHED, epochs=10, **GENTLE),
        "A4: repaired",
        "The same with ReLU and dropout 0.5 between its linear layers.",
        deviation=OPEN,
    ),
    Recipe(
        TrainConfig(recipe="a4-residual", network="residual-net", split=WATCHED, epochs=10, **GENTLE),
        "A4: residual block",
        "Three residual blocks and global average pooling instead of large linear layers.",
        deviation="The article shows the block only; the network around it is ours.",
    ),
    Recipe(
        TrainConfig(
            recipe="a4-improved",
            network="improved-net",
            epochs=50,
            schedule="plateau",
            patience=5,
            gamma=0.5,
            keep=1,
        ),
        "A4: improved",
        "Adam, 50 epochs, the rate halved when the validation loss stops falling; the best and the last weights are "
        "kept.",
        deviation="The last 5,000 training images validate, and the test images stay unseen until the end.",
    ),
    Recipe(
        TrainConfig(
            recipe="draw",
            network="draw-net",
            epochs=20,
            batch_size=128,
            learning_rate=5e-3,
            augment_rotation=10,
            augment_shear=0.2,
            augment_scale=0.1,
            augment_aspect=0.2,
            augment_shift=1,
            augment_elastic=0.9,
            augment_thickness=1,
            augment_forms=0.5,
            augment_written=0.07,
            outliers=0.1,
            **BRISK,
        ),
        "DrawNet for drawn digits",
        "The network behind the drawing page. MNIST under random warps, its 1s with the flag, its 7s with the bar and "
        "its 0s with the slash of other countries, digits as a pen on a tablet leaves them, and letters and scribbles, "
        "for which it learns to favour no digit.",
    ),
    Recipe(
        TrainConfig(
            recipe="fast-99-cpu",
            network="fast-net",
            split="none",
            epochs=1,
            batch_size=128,
            learning_rate=1e-2,
            label_smoothing=0.05,
            **BRISK,
        ),
        "99 % now, on a CPU",
        "Every training image once: batch normalisation and a one-cycle schedule allow ten times the usual rate.",
    ),
    Recipe(
        TrainConfig(
            recipe="fast-99-gpu",
            network="fast-net",
            split="none",
            epochs=1,
            batch_size=256,
            learning_rate=1.5e-2,
            label_smoothing=0.05,
            **BRISK,
        ),
        "99 % now, on a GPU",
        "The same in batches twice as large, which a GPU works through as fast as small ones.",
    ),
    Recipe(
        TrainConfig(
            recipe="best-accuracy",
            network="best-net",
            split="none",
            epochs=15,
            batch_size=128,
            learning_rate=5e-3,
            augment_rotation=10,
            augment_shear=0.1,
            augment_scale=0.1,
            augment_shift=2,
            **BRISK,
        ),
        "Highest accuracy",
        "Six small convolutions; every image turned, slanted, resized and moved a little, differently in every epoch.",
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
FIRST = _ALL[0]  # what is proposed until another one is chosen


def recipe(name: str) -> Recipe:
    """The recipe `name`. Raises CnnlabError naming the known ones."""
    if name not in RECIPES:
        raise CnnlabError(f"recipe is {name!r}: choose one of {', '.join(RECIPES)}.")
    return RECIPES[name]
