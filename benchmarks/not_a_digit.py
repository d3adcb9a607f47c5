"""Does a network know letters, signs and scribbles from digits?

Claim: `draw` does. Where its best digit has less probability than 99 % of the validation digits give theirs, the page
says that this does not look like a digit: of letters and of scribbles that is so for 90 % and more. They are drawn from
other skeletons than those that it was shown as outliers (cnnlab/data/augment/letter_styles.py).

    python -m benchmarks.not_a_digit RUN [--each 25] [--seed 0]

Made-up drawings (support/other_skeletons.py, support/digit_skeletons.py) go the way of the draw page. The last line is
JSON: the share of each kind that is refused; of `digits` it should be small.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

import numpy as np

from benchmarks.support.hand_drawing import draw_digit, draw_skeleton, render
from benchmarks.support.other_skeletons import LETTERS, SIGNS, scribble
from cnnlab import models
from cnnlab.data import datasets
from cnnlab.data.drawing.preprocessing import prepare
from cnnlab.data.splits import split
from cnnlab.evaluation import out_of_distribution
from cnnlab.evaluation.predictions import predict
from cnnlab.runs import store


def main() -> None:
    """Measure and print the shares."""
    parser = argparse.ArgumentParser(description="What a run does not take for a digit.")
    parser.add_argument("run", help="RUN[@EPOCH]: a run under checkpoints/, or a path")
    parser.add_argument("--each", type=int, default=25, help="drawings of each letter and sign")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    network = store.load(*store.find_run(options.run))
    parts = split(network.config.split, *datasets.load(network.config.dataset))
    threshold = out_of_distribution.threshold(predict(network.model, parts.validation or parts.test))
    unsure = predict(network.model, parts.test).confidence < threshold
    refused = {"test images": round(float(unsure.mean()), 4)}
    print(f"{'test set':10s} {refused['test images']:6.1%} of {len(unsure)} refused")
    for kind, canvases in drawings(options.each, options.seed).items():
        images = [prepare(canvas).image for canvas in canvases]
        kept = [image for image in images if image is not None]  # the preparation refuses some itself
        best = [max(models.probabilities_of(network.model, image)) for image in kept]
        refused[kind] = round(1 - sum(each >= threshold for each in best) / len(images), 4)
        print(f"{kind:10s} {refused[kind]:6.1%} of {len(images)} refused")
    print(json.dumps(refused))


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
