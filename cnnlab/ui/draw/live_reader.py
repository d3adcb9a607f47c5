"""What is read while the pen moves: with the code of the page, for a request that no page runs for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from cnnlab.charts.answer import answer
from cnnlab.classroom.live_answers import Reader
from cnnlab.data.drawing.preprocessing import Prepared, Steps, prepare
from cnnlab.errors import CnnlabError
from cnnlab.inspection import ablation
from cnnlab.models.families.ensemble_net import Ensemble
from cnnlab.ui.cache import loaders
from cnnlab.ui.draw import layers
from cnnlab.ui.state.chosen_network import Choice, network_of

TITLE = "Draw a digit"
EVERY_IN_TRAINING = 75  # milliseconds from a question to the next: the rest is the training's


def reader(chosen: Choice, steps: Steps) -> Reader:
    """Reads ink with the network that is chosen now; holds no weights, which the cache may let go."""

    def read(ink: np.ndarray, layers_only: bool) -> dict[str, Any]:
        prepared = prepare(ink, steps)
        return _layers(chosen, prepared) if layers_only else _answer(chosen, prepared)

    return read


def _answer(chosen: Choice, prepared: Prepared) -> dict[str, Any]:
    every = EVERY_IN_TRAINING if loaders.runner().snapshot().state == "running" else 0
    if prepared.image is None:
        return {"answer": {"title": TITLE, "sentence": prepared.problem}, "every": every}
    network = network_of(chosen)
    probabilities = ablation.probabilities(network.model, torch.from_numpy(prepared.image[None]))
    if not all(map(math.isfinite, probabilities)):
        raise CnnlabError(f"{network.run}: this training ran away and the answers are no longer numbers.")
    return {"answer": answer(probabilities, network.classes, prepared.image), "every": every}


def _layers(chosen: Choice, prepared: Prepared) -> dict[str, Any]:
    network = network_of(chosen)
    if prepared.image is None or isinstance(network.model, Ensemble):
        return {}
    return {"layers": layers.strip(network, prepared.image[None]).payload()}
