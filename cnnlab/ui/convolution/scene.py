"""From a worked-out convolution to the bench that shows it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnlab.charts import sliding_window_benches
from cnnlab.charts.sliding_window import SlidingWindow
from cnnlab.errors import CnnlabError
from cnnlab.inspection.convolution_steps import Setting, convolve
from cnnlab.ui.convolution import window_settings


def choose(view: str, image: np.ndarray, kernel: np.ndarray) -> SlidingWindow | None:
    """Draw the settings with the size formula and return the bench of image [H, W] and kernel [kh, kw].

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
    """The bench of inputs [C, H, W] and kernel [C, kh, kw]. Raises CnnlabError where the kernel does not fit."""
    found = convolve(inputs, kernel, setting, bias or 0.0)
    return sliding_window_benches.convolution(
        inputs, kernel, found.products, found.channel_sums, found.output, setting, names, bias
    )
