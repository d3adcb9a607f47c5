"""What every layer makes of a drawing, down to what each of the last maps adds to each digit."""

from __future__ import annotations

import numpy as np
import torch

from cnnlab.charts.drawing_strips import layer_strip
from cnnlab.charts.mosaic import Mosaic
from cnnlab.inspection.activations import trace
from cnnlab.inspection.block_outputs import blocks
from cnnlab.inspection.contributions import contributions
from cnnlab.runs.store import Checkpoint

MAPS = 12  # a row


def strip(network: Checkpoint, image: np.ndarray) -> Mosaic:
    """The strip for one image, uint8 [C, H, W]; nothing is kept, as the next move brings another image."""
    pixels = torch.from_numpy(image)
    stages = trace(network.model, pixels[None])
    logits = list(stages.values())[-1].given[0]
    layers = [(stage.name, stage.given[0].numpy()) for stage in blocks(stages)]
    why = contributions(network.model, pixels, stages)
    added = why.by_map if layers and why.layer == layers[-1][0] else None
    return layer_strip(layers, logits.softmax(0).tolist(), network.classes, MAPS, added)
