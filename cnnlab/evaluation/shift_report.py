"""A sweep over shifts as JSON-ready numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnnlab.evaluation.shifts import Sweep, by_distance, offsets


def shift_report(sweep: Sweep, classes: Sequence[str]) -> dict[str, Any]:
    """Accuracy and consistency by offset and by distance, and accuracy by class and distance; fractions are 0..1.

    clipped is the fraction of images some of whose ink leaves the frame: with the fill circular it comes back on the
    other side, with pad it never leaves.
    """
    reach = sweep.reach
    maps = {"accuracy": sweep.accuracy, "consistency": sweep.consistency, "clipped": sweep.clipped}
    lines = {name: by_distance(maps[name]) for name in ("accuracy", "consistency")}
    lost = by_distance(sweep.clipped).mean
    per_class = {
        name: by_distance(sweep.of_class(number)).mean.tolist()
        for number, name in enumerate(classes)
        if (sweep.labels == number).any()
    }
    return {
        "images": len(sweep.labels),
        "max": reach,
        "offset": "dx pixels to the right, dy pixels down",
        "distance": "d: the eight offsets d steps along a row, a column or a diagonal",
        "offsets": [
            {"dx": dx, "dy": dy, **{name: float(values[reach + dy, reach + dx]) for name, values in maps.items()}}
            for dx, dy in offsets(reach)
        ],
        "distances": [
            {
                "distance": distance,
                "accuracy": float(lines["accuracy"].mean[distance]),
                "worst_accuracy": float(lines["accuracy"].worst[distance]),
                "worst_direction": [distance * step for step in lines["accuracy"].direction[distance]],
                "consistency": float(lines["consistency"].mean[distance]),
                "worst_consistency": float(lines["consistency"].worst[distance]),
                "clipped": float(lost[distance]),
            }
            for distance in range(reach + 1)
        ],
        "per_class": per_class,
    }
