"""Pen curves without SciPy against those that SciPy works out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.interpolate import CubicSpline

from cnnlab.data.augment import letter_styles, outliers, pen_digits, pen_strokes
from cnnlab.runs.export.script import pen_curves

STYLES = [*(style for digit in pen_digits.STYLES.values() for style in digit), *letter_styles.STYLES]


def test_every_digit_and_letter_is_cut_into_the_same_pieces():
    for style in STYLES:
        assert torch.equal(pen_curves.segments(style), pen_strokes.segments(style)) or torch.allclose(
            pen_curves.segments(style), pen_strokes.segments(style), atol=1e-7
        )


@pytest.mark.parametrize("count", [3, 4, 5, 9])
def test_the_spline_is_scipys(count):
    generator = np.random.default_rng(count)
    places = np.cumsum(generator.uniform(0.2, 2, count))
    values = generator.normal(size=(count, 2))
    at = np.linspace(places[0], places[-1], 50)
    mine = pen_curves.spline(*(torch.from_numpy(each) for each in (at, places, values)))
    assert mine.numpy() == pytest.approx(CubicSpline(places, values)(at), abs=1e-12)


def test_scribbles_go_the_same_way():
    device = torch.device("cpu")
    assert torch.allclose(pen_curves.smooth(device), outliers._smooth(device), atol=1e-7)
