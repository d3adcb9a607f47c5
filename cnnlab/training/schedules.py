"""How the learning rate moves through a run, as a fraction of the configured rate."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

WARM_UP = 0.25  # fraction of a one-cycle run in which the rate rises
START = 0.1  # a one-cycle run starts at this fraction of its highest rate


@dataclass(frozen=True)
class Course:
    """What a schedule may depend on. total and per_epoch in steps; step_size and milestones in epochs."""

    total: int
    per_epoch: int = 1
    step_size: int = 1
    gamma: float = 1.0
    milestones: tuple[int, ...] = ()


def constant(step: int, course: Course) -> float:
    """Always 1. For "plateau" too, which reacts to validation losses (methods.early_stopping): nothing is planned."""
    return 1.0


def step_down(step: int, course: Course) -> float:
    """Times gamma after every step_size epochs."""
    return course.gamma ** (step // course.per_epoch // course.step_size)


def multistep(step: int, course: Course) -> float:
    """Times gamma at the end of every epoch in milestones."""
    return course.gamma ** bisect_right(course.milestones, step // course.per_epoch)


def cosine(step: int, course: Course) -> float:
    """From 1 at step 0 down half a cosine; 0 only at the total, after the last step."""
    return _cosine(step, course.total)


def one_cycle(step: int, course: Course) -> float:
    """From START up to 1 in the first quarter, then down to nearly 0, each along half a cosine."""
    peak = WARM_UP * course.total
    if step < peak:
        return START + (1 - START) * (1 - math.cos(math.pi * step / peak)) / 2
    return _cosine(step - peak, course.total - peak)


def _cosine(step: float, total: float) -> float:
    return (1 + math.cos(math.pi * step / total)) / 2


SCHEDULES: dict[str, Callable[[int, Course], float]] = {
    "constant": constant,
    "step": step_down,
    "multistep": multistep,
    "cosine": cosine,
    "one-cycle": one_cycle,
    "plateau": constant,
}
