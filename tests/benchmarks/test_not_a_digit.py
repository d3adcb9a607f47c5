"""The drawings that are no digits, and the score that is to tell them."""

from __future__ import annotations

import numpy as np

from benchmarks.not_a_digit import drawings
from benchmarks.support.digit_skeletons import SKELETONS
from benchmarks.support.other_skeletons import LETTERS, SIGNS


def test_every_kind_is_drawn_and_a_seed_repeats_it():
    first, again = drawings(1, 3), drawings(1, 3)
    counts = {kind: len(canvases) for kind, canvases in first.items()}
    assert counts == {"digits": 40, "letters": len(LETTERS), "signs": len(SIGNS), "scribbles": 10, "clicks": 4}
    for kind, canvases in first.items():
        assert all(canvas.shape == (280, 280) and canvas.max() == 255 for canvas in canvases), kind
        np.testing.assert_array_equal(canvases, again[kind])


def test_no_letter_or_sign_has_a_digits_path():
    digits = [skeleton for variants in SKELETONS.values() for skeleton in variants]
    assert not [name for name, variants in {**LETTERS, **SIGNS}.items() for each in variants if each in digits]
