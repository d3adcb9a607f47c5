"""How the learning rate moves through a run: step and total steps to a share of the configured rate."""

from __future__ import annotations

import math
from collections.abc import Callable

WARM_UP = 0.25  # share of a one-cycle run in which the rate rises
START = 0.1  # a one-cycle run starts at this share of its highest rate


def constant(step: int, total: int) -> float:
    """Always 1."""
    return 1.0


def cosine(step: int, total: int) -> float:
    """From 1 at step 0 down half a cosine; 0 only at `total`, after the last step."""
    return (1 + math.cos(math.pi * step / total)) / 2


def one_cycle(step: int, total: int) -> float:
    """From START up to 1 in the first quarter, then down to nearly 0, each along half a cosine."""
    peak = WARM_UP * total
    if step < peak:
        return START + (1 - START) * (1 - math.cos(math.pi * step / peak)) / 2
    return cosine(step - peak, total - peak)


SCHEDULES: dict[str, Callable[[int, int], float]] = {"constant": constant, "cosine": cosine, "one-cycle": one_cycle}
