"""From a convolution, worked out, to the sliding window that shows it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnlab.charts import sliding_window
from cnnlab.charts.sliding_window import ConvolutionSteps, SlidingWindow
from cnnlab.errors import CnnlabError
from cnnlab.inspection.convolution_steps import Setting, convolve
from cnnlab.ui.convolution import window_settings


def choose(view: str, image: np.ndarray, kernel: np.ndarray) -> SlidingWindow | None:
    """Draw the settings with the size formula and return the sliding window over image [H, W] and kernel [kh, kw].

    None where the kernel does not fit, once that has been said.
    """
    setting = window_settings.choose_with_formula(view, len(image), len(kernel))
    try:
        return convolution(image[None], kernel[None], setting)
    except CnnlabError as error:
        window_settings.problem(error)
        return None


def convolution(
    inputs: np.ndarray, kernel: np.ndarray, setting: Setting, names: Sequence[str] = (), bias: float | None = None
) -> SlidingWindow:
    """The sliding window of inputs [C, H, W], kernel [C, kh, kw]. Raises CnnlabError where the kernel does not fit."""
    found = convolve(inputs, kernel, setting, bias or 0.0)
    steps = ConvolutionSteps(
        inputs, kernel, found.products, found.channel_sums, found.output, **setting._asdict(), names=names, bias=bias
    )
    return sliding_window.convolution(steps)
