"""Races that are ready to start, from what the articles compare; benchmarks.race_costs measures them."""

from __future__ import annotations

from cnnlab.training.races import Entry, ReadyRace
from cnnlab.training.recipes import RECIPES

A0, BN = RECIPES["a0-simple-cnn"].config, RECIPES["a1-batch-norm"].config
ONE, TWO = A0.replace(epochs=1), A0.replace(epochs=2)
GAP, POLYPHASE = (RECIPES[name].config.replace(epochs=1) for name in ("gap", "polyphase"))
SMALL = {"channels": (2, 4), "hidden": 16}  # 3,578 weights, a sixtieth of A0's
NORMAL = BN.replace(split="holdout", epochs=1)
BARE = NORMAL.replace(options={"normalisation": "none"})
FAST = 0.02

_ALL = [
    ReadyRace(
        "optimisers",
        "Optimisers",
        "Watch the first two hundred steps: plain SGD is still finding the way when the others have arrived, and "
        "momentum makes up for most of that: 90.5, 97.4, the others 98.0 to 98.2 % in the end.",
        "train",
        (
            Entry(ONE.replace(optimizer="sgd", learning_rate=0.01), "SGD"),
            Entry(ONE.replace(optimizer="sgd", learning_rate=0.01, momentum=0.9), "SGD, momentum 0.9"),
            Entry(ONE.replace(optimizer="rmsprop"), "RMSprop"),
            Entry(ONE, "Adam"),
            Entry(ONE.replace(optimizer="adamw", weight_decay=0.01), "AdamW, decay 0.01"),
        ),
        30,
    ),
    ReadyRace(
        "schedules",
        "Learning rate schedules",
        "All learn at the same high rate: those that lower it have the calmer curve at the end, and 99.0 to 99.2 % "
        "against 98.7.",
        "train",
        (
            Entry(TWO.replace(learning_rate=5e-3), "constant"),
            Entry(TWO.replace(learning_rate=5e-3, schedule="step"), "a tenth after an epoch"),
            Entry(TWO.replace(learning_rate=5e-3, schedule="cosine"), "cosine"),
            Entry(TWO.replace(learning_rate=5e-3, schedule="one-cycle"), "one cycle"),
        ),
        45,
    ),
    ReadyRace(
        "batch-sizes",
        "Batch sizes 16 to 512",
        "After the same images the small batches have made thirty times as many steps and are ahead, 98.5 against "
        "95.1 %; the large ones took less time for it.",
        "train",
        tuple(Entry(ONE.replace(batch_size=size), f"batches of {size}") for size in (16, 32, 64, 128, 256, 512)),
        40,
    ),
    ReadyRace(
        "batch-normalisation",
        "With and without batch normalisation",
        "At the usual rate an epoch shows no gain; at twenty times that rate it still reads 97.8 % where the network "
        "without it only guesses.",
        "train",
        (
            Entry(NORMAL, "with"),
            Entry(BARE, "without"),
            Entry(NORMAL.replace(learning_rate=FAST), f"with, learning rate {FAST:g}"),
            Entry(BARE.replace(learning_rate=FAST), f"without, learning rate {FAST:g}"),
        ),
        20,
    ),
    ReadyRace(
        "augmentation",
        "With and without augmentation",
        "Shifted images are harder to learn, and the test accuracy is no better for it, 98.1 against 98.7 %; but of "
        "digits moved by four pixels it reads 95.5 instead of 44.4 %.",
        "shift",
        (Entry(TWO, "as they are"), Entry(TWO.replace(augment_shift=4.5), "shifted by up to 4.5 pixels")),
        25,
    ),
    ReadyRace(
        "polyphase",
        "Plain pooling against polyphase",
        "Neither has seen a shifted image, and their test accuracies are close, 96.2 and 95.9 %; only the second gives "
        "the same answer wherever the digit stands.",
        "shift",
        (Entry(GAP, "max pooling"), Entry(POLYPHASE, "polyphase")),
        30,
    ),
    ReadyRace(
        "distillation",
        "Big against distilled",
        "Two networks with a sixtieth of the weights learn: the one that is also taught the big one's answers comes "
        "nearer to its 98.9 %, with 96.0 against 95.6.",
        "runs",
        (
            Entry(A0, "big"),
            Entry(A0.replace(options=SMALL), "small"),
            Entry(A0.replace(options=SMALL, teacher="a0-simple-cnn"), "small, taught by the big one"),
        ),
        35,
    ),
]
RACES = {each.name: each for each in _ALL}
