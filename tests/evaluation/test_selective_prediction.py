from __future__ import annotations

import numpy as np
import pytest

from cnnlab.evaluation.selective_prediction import coverage, select


def test_the_curve_by_a_loop():
    chance = np.random.default_rng(2)
    confidence, right = chance.integers(0, 20, 200) / 20, chance.random(200) < 0.7
    curve = coverage(confidence, right)
    thresholds = sorted(set(confidence.tolist()), reverse=True)
    assert curve.threshold.tolist() == thresholds
    for at, threshold in enumerate(thresholds):
        sure = [bool(r) for c, r in zip(confidence, right, strict=True) if c >= threshold]
        assert curve.answered[at] == pytest.approx(len(sure) / 200)
        assert curve.accuracy[at] == pytest.approx(sum(sure) / len(sure))
    assert curve.answered[-1] == 1 and curve.accuracy[-1] == right.mean()


@pytest.mark.parametrize("right", [True, False])
def test_one_image(right):
    curve = coverage(np.array([0.4]), np.array([right]))
    assert (curve.answered.tolist(), curve.accuracy.tolist()) == ([1.0], [float(right)])


def test_the_sentences():
    confidence, right = np.array([0.9, 0.8, 0.6, 0.5]), np.array([True, False, True, False])
    assert select(confidence, right, 0.55).sentence == (
        "It answers 3 of 4 images (75.0%) and 66.67% of those answers are right: 1 mistake left."
    )
    assert select(confidence, right, 0.9).sentence.endswith("100.00% of those answers are right: 0 mistakes left.")
    assert select(confidence, right, 0.95).sentence == "It is never that sure: no image is answered."
