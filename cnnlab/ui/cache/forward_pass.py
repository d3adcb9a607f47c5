"""One image through a network: its answer, and every convolution's output."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cnnlab.inspection.block_outputs import blocks
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import inspection


class Reading(NamedTuple):
    """probabilities: [K]; layers: (name, float32 [C, H, W]) for each convolution, in the order of the data."""

    probabilities: np.ndarray
    layers: list[tuple[str, np.ndarray]]


def read(network: Checkpoint, image: np.ndarray) -> Reading:
    """Read one uint8 image [C, H, W] in a single pass."""
    stages = inspection.stages(network, image[None])
    logits = list(stages.values())[-1].given[0]
    return Reading(logits.softmax(0).numpy(), [(each.name, each.given[0].numpy()) for each in blocks(stages)])
