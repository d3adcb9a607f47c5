"""The benchmark's handwriting is what it says: repeatable, on the canvas, drawn with the pen it names."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.drawn import drawings
from benchmarks.support.digit_skeletons import SKELETONS, TUNED_ON
from benchmarks.support.hand_drawing import CANVAS, PEN, draw_digit, render
from cnnlab.data.drawing.strokes import stroke_width


def test_every_digit_has_variants_that_nothing_was_tuned_on():
    assert sorted(SKELETONS) == list(range(10))
    assert all(len(variants) >= TUNED_ON + 2 for variants in SKELETONS.values())


def test_a_seed_repeats_and_digits_take_turns():
    first, again, other = ([*drawings(20, seed)] for seed in (1, 1, 2))
    assert [label for _, label in first] == [*range(10)] * 2
    assert all(np.array_equal(a, b) for (a, _), (b, _) in zip(first, again, strict=True))
    assert not all(np.array_equal(a, b) for (a, _), (b, _) in zip(first, other, strict=True))


def test_drawings_lie_on_the_canvas():
    chance = np.random.default_rng(0)
    for number in range(200):
        points = np.vstack(draw_digit(number % 10, chance))
        assert points.min() >= PEN / 2 and points.max() <= CANVAS - PEN / 2


@pytest.mark.parametrize("pen", [8, 20])
@pytest.mark.parametrize("smooth", [True, False])
def test_a_line_is_as_thick_as_the_pen(pen, smooth):
    line = render([np.array([[40.0, 140], [240, 140]])], pen, smooth=smooth)
    assert (line > 127).sum(0).max() == pytest.approx(pen, abs=1)
    assert stroke_width(line > 127) == pytest.approx(pen, rel=0.12)
