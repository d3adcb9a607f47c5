"""What a figure was measured on."""

from __future__ import annotations

import platform

import torch

from cnnlab.training.devices import describe, resolve


def describe_machine() -> str:
    """Processor or GPU, Python and torch, in one line."""
    return f"{describe(resolve('auto'))}; Python {platform.python_version()}, torch {torch.__version__}"
