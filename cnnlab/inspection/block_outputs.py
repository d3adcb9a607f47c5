"""What each block of a network makes of an image: one picture a convolution, not one a layer."""

from __future__ import annotations

from collections.abc import Mapping

from torch import nn

from cnnlab.inspection.activations import Stage


def blocks(stages: Mapping[str, Stage]) -> list[Stage]:
    """For each convolution the last stage before it pools or hands on: after its activation where it has one."""
    found: list[Stage] = []
    for stage in stages.values():
        if not stage.is_map:
            continue
        if isinstance(stage.module, nn.Conv2d):
            found.append(stage)
        elif found and stage.given.shape[2:] == found[-1].given.shape[2:]:
            found[-1] = stage  # its normalisation or activation; pooling would make it smaller
    return found
