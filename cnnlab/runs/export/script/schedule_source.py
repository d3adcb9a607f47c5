"""A learning-rate schedule as a few lines of source."""

from __future__ import annotations

from cnnlab.training.config import TrainConfig
from cnnlab.training.schedules import START, WARM_UP

_COSINE = "return (1 + math.cos(math.pi * step / total)) / 2"


def schedule_lines(config: TrainConfig) -> list[str]:
    """A function `factor(step, total, per_epoch)` of steps done, all steps and those of an epoch; none if constant."""
    if config.schedule in ("constant", "plateau"):
        return []
    about, *body = _BODIES[config.schedule](config)
    return [
        "def factor(step, total, per_epoch):",
        f'    """What the learning rate is multiplied by after `step` steps: {about}."""',
        *(f"    {line}" for line in body),
        "",
        "",
    ]


def _step(config: TrainConfig) -> list[str]:
    return [
        f"times {config.gamma:g} after every {config.step_size} epochs",
        f"return {config.gamma!r} ** (step // per_epoch // {config.step_size})",
    ]


def _multistep(config: TrainConfig) -> list[str]:
    return [
        f"times {config.gamma:g} after each of some epochs",
        f"return {config.gamma!r} ** sum(epoch <= step // per_epoch for epoch in {config.milestones!r})",
    ]


def _cosine(config: TrainConfig) -> list[str]:
    return ["down half a cosine", _COSINE]


def _one_cycle(config: TrainConfig) -> list[str]:
    return [
        "up in the first quarter, then down to nearly 0",
        f"peak = {WARM_UP} * total",
        "if step < peak:",
        f"    return {START} + (1 - {START}) * (1 - math.cos(math.pi * step / peak)) / 2",
        "return (1 + math.cos(math.pi * (step - peak) / (total - peak))) / 2",
    ]


_BODIES = {"step": _step, "multistep": _multistep, "cosine": _cosine, "one-cycle": _one_cycle}
