"""Runs that are broken on purpose, each beside the healthy one; benchmarks.sabotage checks what their notes say."""

from __future__ import annotations

from typing import Any

from cnnlab.training.config import TrainConfig
from cnnlab.training.races import Entry, ReadyRace
from cnnlab.training.recipes import GENTLE, RECIPES

A0 = RECIPES["a0-simple-cnn"].config
WHOLE = A0.replace(seed=2)  # as the shipped run was trained, which stands beside these at once
SHORT = WHOLE.replace(epochs=1)
SLOW = SHORT.replace(**GENTLE)
# Lanes with few images show them more often, so that all lanes are shown as many; they keep their last weights only.
TWO_PERCENT: dict[str, Any] = {"train_images": 1_100, "epochs": 50, "keep": 1}
ONE_PERCENT: dict[str, Any] = {"train_images": 550, "epochs": 100, "keep": 1}
VARIED: dict[str, Any] = {
    "augment_rotation": 10.0,
    "augment_shear": 0.1,
    "augment_scale": 0.1,
    "augment_shift": 2.0,
}
HEALTHY = Entry(WHOLE, "healthy")
SHORTER = Entry(SHORT, "healthy")
DEPTH, WIDTH = 12, 8  # convolutions and their channels


def _deep(normalised: bool) -> TrainConfig:
    """Twelve 3×3 convolutions, pooled after the first and the third; by SGD, as Adam enlarges gradients that vanish."""
    layers: list[dict[str, Any]] = []
    for number in range(DEPTH):
        layers.append({"kind": "conv", "channels": WIDTH, "kernel": 3, "padding": 1})
        if normalised:
            layers.append({"kind": "batch-norm"})
        layers.append({"kind": "activation"})
        if number in (0, 2):
            layers.append({"kind": "max-pool"})
    layers.append({"kind": "global-average-pool"})
    return SLOW.replace(network="custom", options={"layers": layers})


def _beside_healthy(name: str, title: str, note: str, page: str, broken: Entry, seconds: float) -> ReadyRace:
    return ReadyRace(name, title, note, page, (HEALTHY, broken), seconds)


_ALL = [
    _beside_healthy(
        "rate-times-100",
        "Learning rate × 100",
        "The loss jumps above 100 in the first steps; most channels die of it, and what is left of the network stays "
        "far behind, if it learns anything.",
        "anatomy",
        Entry(WHOLE.replace(learning_rate=0.1), "learning rate 0.1"),
        45,
    ),
    _beside_healthy(
        "rate-over-100",
        "Learning rate ÷ 100",
        "Nothing breaks, the curve is only late: after the same images it is where the healthy one was after some "
        "hundred steps.",
        "train",
        Entry(WHOLE.replace(learning_rate=1e-5), "learning rate 0.00001"),
        45,
    ),
    _beside_healthy(
        "no-nonlinearity",
        "No nonlinearity",
        "Without ReLU, and with averages in place of maxima, all layers together are one linear map: it gets stuck "
        "near 92 %, and the confusion matrix shows the pairs that no straight line separates.",
        "confusion",
        Entry(WHOLE.replace(options={"activation": "none", "pooling": "average"}), "no nonlinearity"),
        45,
    ),
    _beside_healthy(
        "zero-weights",
        "All weights zero",
        "Every channel computes the same nothing, so none gets a gradient; only the last bias learns, and every image "
        "gets the most frequent digit.",
        "anatomy",
        Entry(WHOLE.replace(weights="zero"), "weights zero"),
        45,
    ),
    ReadyRace(
        "random-labels",
        "Labels shuffled",
        "Training accuracy climbs all the same, as labels that say nothing can be learned by heart; validation stays "
        "at a tenth, and the gap between the two opens.",
        "train",
        (SHORTER, Entry(SHORT.replace(**TWO_PERCENT, wrong_labels=0.9), "1,100 images, labels at random")),
        55,
    ),
    ReadyRace(
        "one-percent",
        "1 % of the images",
        "Shown a hundred times, 550 images are known by heart while validation stands still; varied at random in every "
        "epoch, the same images close part of the gap.",
        "train",
        (
            SHORTER,
            Entry(SHORT.replace(**ONE_PERCENT), "550 images"),
            Entry(SHORT.replace(**ONE_PERCENT, **VARIED), "550 images, varied"),
        ),
        110,
    ),
    _beside_healthy(
        "sorted",
        "Sorted by class",
        "The training loss is lower than ever, and rises at each new digit; the network forgets the digits before, and "
        "in the matrix one column gets nearly all the answers.",
        "confusion",
        Entry(WHOLE.replace(order="sorted"), "sorted by class"),
        45,
    ),
    ReadyRace(
        "raw-pixels",
        "Pixels × 255",
        "The first losses are many times as high and throw the weights far off: a good part of the channels dies, and "
        "what is left stays behind, or gives every image the same answer.",
        "anatomy",
        (Entry(SLOW, "healthy"), Entry(SLOW.replace(pixels="raw-255"), "pixels from 0 to 255")),
        20,
    ),
    ReadyRace(
        "too-deep",
        "Too deep",
        "Through twelve layers without batch normalisation hardly any gradient reaches the first; with it, the same "
        "network learns.",
        "train",
        (Entry(_deep(True), "with batch normalisation"), Entry(_deep(False), "without")),
        60,
    ),
    _beside_healthy(
        "dropout",
        "Dropout 0.9",
        "The curves swap places: in training nine of ten values are missing, so it does worse there than on the "
        "validation images, which it sees with the whole network.",
        "train",
        Entry(WHOLE.replace(options={"dropout": 0.9}), "dropout 0.9"),
        45,
    ),
    ReadyRace(
        "wrong-labels",
        "A fifth of the labels wrong",
        "The wrong labels are learned by heart: validation accuracy sinks while training accuracy rises; with label "
        "smoothing, which leaves room for doubt, it sinks less.",
        "train",
        (
            SHORTER,
            Entry(SHORT.replace(**TWO_PERCENT, wrong_labels=0.2), "a fifth wrong"),
            Entry(SHORT.replace(**TWO_PERCENT, wrong_labels=0.2, label_smoothing=0.2), "a fifth wrong, smoothed"),
        ),
        100,
    ),
    ReadyRace(
        "test-leak",
        "Test images in the training data",
        "The test accuracy is the best of all and means nothing: the validation images, which it has not seen, say how "
        "good it is.",
        "confusion",
        (SHORTER, Entry(SHORT.replace(train_images=1_000, epochs=5, test_leak=True), "test images among 11,000")),
        20,
    ),
]
SABOTAGES = {each.name: each for each in _ALL}
