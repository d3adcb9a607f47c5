"""What phones are told about a drawing: by the network that the teacher has chosen, for requests no page runs for."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from cnnlab.classroom.lesson import Reader
from cnnlab.data.drawing.preprocessing import prepare
from cnnlab.inspection import ablation
from cnnlab.ui.state.chosen_network import Choice, network_of


def reader(chosen: Choice) -> Reader:
    """Reads ink with the network chosen now; holds no weights, which the cache may let go."""

    def read(ink: np.ndarray) -> dict[str, Any]:
        prepared = prepare(ink)
        if prepared.image is None:
            return {"sentence": prepared.problem}
        network = network_of(chosen)
        probabilities = ablation.probabilities(network.model, torch.from_numpy(prepared.image[None]))
        if not np.isfinite(probabilities).all():
            return {"sentence": "This training ran away: the answers are no longer numbers."}
        best = int(np.argmax(probabilities))
        return {
            "digit": network.classes[best],
            "percent": f"{probabilities[best]:.1%}",
            "probabilities": [round(float(each), 4) for each in probabilities],
        }

    return read
