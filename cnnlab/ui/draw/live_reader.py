"""What is read while the pen moves: with the code of the page, for a request that no page runs for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from cnnlab.charts.answer import answer
from cnnlab.classroom.live_answers import Reader
from cnnlab.data.drawing.preprocessing import Steps, prepare
from cnnlab.errors import CnnlabError
from cnnlab.inspection import ablation
from cnnlab.models.families.ensemble_net import Ensemble
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import loaders
from cnnlab.ui.draw import layers
from cnnlab.ui.state import chosen_network
from cnnlab.ui.state.chosen_network import Choice

TITLE = "Draw a digit"
EVERY_IN_TRAINING = 75  # milliseconds from a question to the next: the rest is the training's


def reader(chosen: Choice, steps: Steps) -> Reader:
    """Reads ink with the network that is chosen now; holds no weights, which the cache may let go."""

    def read(ink: np.ndarray, layers_only: bool) -> dict[str, Any]:
        image = prepare(ink, steps)
        if layers_only:
            network = _network(chosen)
            if image.image is None or isinstance(network.model, Ensemble):
                return {}
            return {"layers": layers.strip(network, image.image[None]).payload()}
        every = EVERY_IN_TRAINING if loaders.runner().snapshot().state == "running" else 0
        if image.image is None:
            return {"answer": {"title": TITLE, "sentence": image.problem}, "every": every}
        network = _network(chosen)
        probabilities = ablation.probabilities(network.model, torch.from_numpy(image.image[None]))
        if not all(map(math.isfinite, probabilities)):
            raise CnnlabError(f"{network.run}: this training ran away and the answers are no longer numbers.")
        return {"answer": answer(probabilities, network.classes, image.image), "every": every}

    return read


def _network(chosen: Choice) -> Checkpoint:
    if chosen.live and (live := chosen_network.live_network()):
        return live
    assert chosen.run, "a page without runs opens no reader"
    return loaders.read_checkpoint(chosen.run, chosen.epoch)
