"""Photographs in uneven light: is the ink found, and is the digit read as well as in even light?

Claim: of 1,200 photographs made up with known ink (gradients to 70 %, shadow edges to 40 %, strokes of 6 to 30 pixels
of 600, digits 25 to 90 % high, white, grey and squared paper, turned to 15°, blurred and noisy) the ink is found in
97 % at least, and the shipped run `draw` reads as many digits as in the same photographs without gradient and shadow.

    python -m benchmarks.uneven_light [--count 1200] [--seed 0] [--run draw]

Found: 95 % of the ink within two pixels of what find_ink gives, and 95 % of what it gives within two pixels of ink.
The last line is JSON.
"""

from __future__ import annotations

import argparse
import io
import json

import numpy as np
import torch
from PIL import Image
from scipy import ndimage

from benchmarks.support.paper_photographs import SIDE, Scene, photograph, scenes
from cnnlab import models
from cnnlab.data.drawing.preprocessing import prepare, read_picture
from cnnlab.runs import store

NEAR = 2  # pixels
ENOUGH = 0.95


def main() -> None:
    """Measure and print the figures."""
    parser = argparse.ArgumentParser(description="Ink and digits in photographs of uneven light.")
    parser.add_argument("--count", type=int, default=1_200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--run", default="draw")
    options = parser.parse_args()
    made = scenes(options.count, options.seed)
    model = store.load(*store.find_run(options.run)).model
    found, right = {}, {}
    for light, chosen in (("uneven", made), ("even", [scene.in_even_light() for scene in made])):
        inks, images = zip(*(look(scene) for scene in chosen), strict=True)
        digits = read(model, list(images))
        found[light] = np.array(inks)
        right[light] = np.array([digit == scene.digit for digit, scene in zip(digits, chosen, strict=True)])
        print(f"{light:7} light: ink found {found[light].mean():7.2%}, digits read {right[light].mean():7.2%}")
    for paper in dict.fromkeys(scene.paper for scene in made):
        of_it = np.array([scene.paper == paper for scene in made])
        print(f"  {paper:8} ink {found['uneven'][of_it].mean():7.2%}, digits {right['uneven'][of_it].mean():7.2%}")
    figures = {light: {"found": found[light].mean(), "read": right[light].mean()} for light in found}
    print(json.dumps({"run": options.run, "count": options.count, **figures}))


def look(scene: Scene) -> tuple[bool, np.ndarray | None]:
    """(whether the ink is found, uint8 [28, 28] or None where no digit was)."""
    pixels, ink = photograph(scene)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=85)
    found = read_picture(file.getvalue())
    mask = np.asarray(Image.fromarray(found).resize((SIDE, SIDE), Image.Resampling.BILINEAR)) > 100
    return covered(ink, mask) >= ENOUGH and covered(mask, ink) >= ENOUGH, prepare(found).image


def covered(these: np.ndarray, those: np.ndarray) -> float:
    """Which fraction of `these` pixels lies near one of `those`, both bool [h, w]."""
    if not these.any() or not those.any():
        return 0.0
    return float((ndimage.distance_transform_edt(~those)[these] <= NEAR).mean())


def read(model: torch.nn.Module, images: list[np.ndarray | None]) -> list[int | None]:
    """What the network reads in uint8 [28, 28] images; None where there is none."""
    usable = [image for image in images if image is not None]
    answers = iter(models.logits_of(model, torch.from_numpy(np.stack(usable))[:, None]).argmax(1).tolist())
    return [None if image is None else next(answers) for image in images]


if __name__ == "__main__":
    main()
