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
        prepared = prepare(ink, steps)
        return _layers(chosen, prepared) if layers_only else _answer(chosen, prepared)

    return read


def _answer(chosen: Choice, prepared: Prepared) -> dict[str, Any]:
    every = EVERY_IN_TRAINING if loaders.runner().snapshot().state == "running" else 0
    if prepared.image is None:
        return {"answer": {"title": TITLE, "sentence": prepared.problem}, "every": every}
    network = _network(chosen)
    probabilities = ablation.probabilities(network.model, torch.from_numpy(prepared.image[None]))
    if not all(map(math.isfinite, probabilities)):
        raise CnnlabError(f"{network.run}: this training ran away and the answers are no longer numbers.")
    return {"answer": answer(probabilities, network.classes, prepared.image), "every": every}


def _layers(chosen: Choice, prepared: Prepared) -> dict[str, Any]:
    network = _network(chosen)
    if prepared.image is None or isinstance(network.model, Ensemble):
        return {}
    return {"layers": layers.strip(network, prepared.image[None]).payload()}


def _network(chosen: Choice) -> Checkpoint:
    if chosen.live and (live := chosen_network.live_network()):
        return live
    assert chosen.run, "a page without runs opens no reader"
    return loaders.read_checkpoint(chosen.run, chosen.epoch)
