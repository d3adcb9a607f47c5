"""Gradient norms by layer, and sentences about vanishing and exploding ones."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

FAINT = 100  # times weaker than the strongest layer's: vanishing
STRONG = 100.0  # a gradient longer than this: exploding


def gradient_norms(model: nn.Module) -> dict[str, float]:
    """Euclidean norm of the gradient of the last step, by convolution or linear layer, from the image to the answer.

    A layer's weights and biases together. Frozen layers are left out; empty before the first step.
    """
    norms = {}
    for name, module in model.named_modules():
        gradients = [p.grad for p in module.parameters(recurse=False) if p.grad is not None]
        if any(gradient.ndim > 1 for gradient in gradients):
            norms[name] = torch.stack([gradient.float().norm() for gradient in gradients]).norm()
    if not norms:
        return {}
    return dict(zip(norms, torch.stack(list(norms.values())).tolist(), strict=True))  # read from the device at once


def troubled(norms: Mapping[str, float]) -> str | None:
    """A sentence when the gradients vanish or explode, with layers and figures; None when all is well."""
    if len(norms) < 2:
        return None
    weakest, strongest = min(norms, key=norms.__getitem__), max(norms, key=norms.__getitem__)
    low, high = norms[weakest], norms[strongest]
    if high > STRONG:
        return f"The gradients explode: {strongest}'s is {high:.3g} long. A smaller learning rate would tame them."
    if high == 0:
        return "No gradient is left in any layer: nothing is learned any more."
    if low == 0:
        return f"No gradient reaches {weakest}: it learns nothing, while {strongest}'s is {high:.2g} long."
    if low * FAINT < high:
        return (
            f"The gradients vanish: {weakest}'s is {low:.2g} long, {high / low:,.0f} times shorter than {strongest}'s "
            f"({high:.2g}), so {weakest} hardly learns."
        )
    return None


def summary(norms: Mapping[str, float]) -> str:
    """One sentence about the gradients of the last step: the trouble, or between which layers they lie."""
    if not norms:
        return "No step has been taken yet."
    if trouble := troubled(norms):
        return trouble
    weakest, strongest = min(norms, key=norms.__getitem__), max(norms, key=norms.__getitem__)
    if weakest == strongest:
        return f"{weakest}'s gradient is {norms[weakest]:.2g} long."
    return (
        f"Every layer gets its share: from {norms[weakest]:.2g} ({weakest}) to {norms[strongest]:.2g} ({strongest}), "
        f"{norms[strongest] / norms[weakest]:.1f} times as much."
    )
