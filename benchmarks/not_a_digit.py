"""Can a network's own logits tell letters, signs and scribbles from digits?

Claim: hardly. Refusing what has less energy (the logarithm of the sum of the logits' exponentials; Liu et al., 2020)
than 99 % of the validation digits, the shipped run `draw` refuses about a third of letters and signs and half of the
scribbles: it was never shown anything but digits.

    python -m benchmarks.not_a_digit RUN [--each 25] [--seed 0]

Made-up drawings (support/other_skeletons.py, support/digit_skeletons.py) go the way of the draw page. The last line is
JSON: the share of each kind that is refused; of `digits` it should be small.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

import numpy as np
import torch

from benchmarks.support.hand_drawing import draw_digit, draw_skeleton, render
from benchmarks.support.other_skeletons import LETTERS, SIGNS, scribble
from cnnlab import models
from cnnlab.data import datasets
from cnnlab.data.drawing.preprocessing import prepare
from cnnlab.data.splits import split
from cnnlab.runs import store

LOST = 0.01  # of the validation digits


def main() -> None:
    """Measure and print the shares."""
    parser = argparse.ArgumentParser(description="What a run's energy refuses.")
    parser.add_argument("run", help="RUN[@EPOCH]: a run under checkpoints/, or a path")
    parser.add_argument("--each", type=int, default=25, help="drawings of each letter and sign")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    network = store.load(*store.find_run(options.run))
    parts = split(network.config.split, *datasets.load(network.config.dataset))
    threshold = float(np.quantile(energy(network.model, (parts.validation or parts.test).images), LOST))
    refused = {}
    for kind, canvases in drawings(options.each, options.seed).items():
        images = [prepare(canvas).image for canvas in canvases]
        kept = np.stack([image for image in images if image is not None])  # the preparation refuses some itself
        low = int((energy(network.model, torch.from_numpy(kept)[:, None]) < threshold).sum())
        refused[kind] = round((low + len(images) - len(kept)) / len(images), 4)
        print(f"{kind:10s} {refused[kind]:6.1%} of {len(images)} refused")
    print(json.dumps(refused))


def energy(model: torch.nn.Module, images: torch.Tensor) -> np.ndarray:
    """float32 [N] of uint8 images [N, C, H, W]: high for what looks like the training images."""
    return models.logits_of(model, images).logsumexp(1).numpy()


def drawings(each: int, seed: int) -> dict[str, list[np.ndarray]]:
    """Canvases, uint8 [280, 280], by kind."""
    chance = np.random.default_rng(seed)

    def drawn(kinds: dict) -> Iterator[np.ndarray]:
        for variants in kinds.values():
            for _ in range(each):
                yield render(draw_skeleton(variants[chance.integers(len(variants))], chance))

    return {
        "digits": [render(draw_digit(number % 10, chance)) for number in range(40 * each)],
        "letters": list(drawn(LETTERS)),
        "signs": list(drawn(SIGNS)),
        "scribbles": [render(draw_skeleton(scribble(chance), chance)) for _ in range(10 * each)],
        "clicks": [render([point]) for point in chance.uniform(40, 240, (4 * each, 1, 2))],
    }


if __name__ == "__main__":
    main()
