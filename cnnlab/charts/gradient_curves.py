"""Gradient norms of the layers, growing while a run goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cnnlab.charts.palette import DEPTHS
from cnnlab.charts.training_curves import Curve, CurveChart, Line, thin


def gradient_chart(steps: Sequence[int], norms: Sequence[Mapping[str, float]]) -> CurveChart:
    """One line for each layer, from the image (blue) to the answer.

    Of many layers at most as many as there are colours. norms: by layer at each of `steps`. The axis is
    logarithmic; a norm of 0 leaves a gap.
    """
    layers = list(norms[-1]) if norms else []
    shown = [layers[at] for at in _spread(len(layers), len(DEPTHS))]
    lines = []
    for layer, colour in zip(shown, DEPTHS, strict=False):
        values = np.array([each.get(layer, np.nan) or np.nan for each in norms], float)
        lines.append(Line(Curve(layer, *thin(np.asarray(steps), values)), colour, 3))
    return CurveChart("gradient norm", lines, logarithmic=True, height=260)


def _spread(count: int, most: int) -> list[int]:
    """At most `most` of 0..count-1, evenly spread, always with the first and the last."""
    return sorted(set(np.linspace(0, count - 1, min(count, most)).round().astype(int).tolist())) if count else []
