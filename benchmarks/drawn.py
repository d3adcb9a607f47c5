"""Drawn digits: does a trained network read what people draw with a mouse or a pen?

    python -m benchmarks.drawn RUN [--count 2000] [--seed 0] [--variants all|tuned|held-out]

Claim: the shipped run `draw` (99.34 % on MNIST's test images) reads 98.5 % of 2,000 drawings (support/hand_drawing.py:
280 × 280, a 20-pixel pen, any size and place) after preprocessing.prepare. Measured with torch 2.14 on a CPU,
seed 0: 98.80 %; without the crop 86.30, the scaling 95.10, the centring 97.70, the stroke width 98.80; with none of
them 83.35 %. On the forms that nothing was tuned on (--variants held-out --seed 7) 98.45 %. No drawing is in the
training; that much of the world writes its 1 with a flag is (cnnlab.data.augment.digit_styles), and so are digits and
letters as pens leave them (pen_digits, letter_styles).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator

import numpy as np
import torch

from benchmarks.support.hand_drawing import draw_digit, render
from cnnlab import models
from cnnlab.data.drawing.preprocessing import Steps, prepare
from cnnlab.runs import store

VARIANTS = {"all": None, "tuned": False, "held-out": True}
ABLATIONS = {
    "all steps": Steps(),
    "without crop": Steps(crop=False),
    "without scale": Steps(scale=False),
    "without centre": Steps(centre=False),
    "without thicken": Steps(thicken=False),
    "none": Steps(crop=False, scale=False, centre=False, thicken=False),
}


def drawings(count: int, seed: int = 0, held_out: bool | None = None) -> Iterator[tuple[np.ndarray, int]]:
    """`count` pairs (uint8 [280, 280] white on black, digit), the digits in turn; every other ten not smoothed."""
    chance = np.random.default_rng(seed)
    for number in range(count):
        yield render(draw_digit(number % 10, chance, held_out=held_out), smooth=number % 20 < 10), number % 10


def read(model: torch.nn.Module, canvases: list[np.ndarray], steps: Steps) -> list[int | None]:
    """What the network reads in each canvas; None where the preparation refuses it."""
    images = [prepare(canvas, steps).image for canvas in canvases]
    usable = [image for image in images if image is not None]
    answers = iter(models.logits_of(model, torch.from_numpy(np.stack(usable))[:, None]).argmax(1).tolist())
    return [None if image is None else next(answers) for image in images]


def main() -> None:
    """Print accuracy by digit, by preparation, and the worst confusions; one JSON line last."""
    parser = argparse.ArgumentParser(description="How well a run reads generated drawings.")
    parser.add_argument("run", help="RUN[@EPOCH]: a run under checkpoints/, or a path")
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--variants", choices=VARIANTS, default="all")
    options = parser.parse_args()
    model = store.load(*store.find_run(options.run)).model
    canvases, labels = zip(*drawings(options.count, options.seed, VARIANTS[options.variants]), strict=True)
    accuracy = {}
    for name, steps in ABLATIONS.items():
        answers = read(model, canvases, steps)
        accuracy[name] = np.mean([a == b for a, b in zip(answers, labels, strict=True)])
        print(f"{name:16} {accuracy[name]:7.2%}")
        if name == "all steps":
            _details(answers, labels)
    print(json.dumps({"run": options.run, "count": options.count, "accuracy": accuracy}))


def _details(answers: list[int | None], labels: tuple[int, ...]) -> None:
    pairs = Counter(zip(labels, answers, strict=True))
    for digit in range(10):
        of_digit = sum(count for (label, _), count in pairs.items() if label == digit)
        print(f"  {digit}: {pairs[digit, digit] / of_digit:7.2%}")
    wrong = [(count, label, answer) for (label, answer), count in pairs.items() if label != answer]
    for count, label, answer in sorted(wrong, key=lambda row: -row[0])[:8]:
        print(f"  {label} → {'refused' if answer is None else answer}, {count} times")


if __name__ == "__main__":
    main()
