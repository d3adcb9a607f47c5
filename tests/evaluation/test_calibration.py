from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from cnnlab.evaluation.calibration import BINS, histogram, reliability
from cnnlab.evaluation.predictions import predict
from cnnlab.runs.store import find_run, load


def by_a_loop(confidence, right, bins=BINS) -> float:
    """The expected calibration error as Guo et al. define it: bins ((m-1)/M, m/M]."""
    error = 0.0
    for m in range(1, bins + 1):
        inside = [at for at, c in enumerate(confidence) if (m - 1) / bins < c <= m / bins]
        if inside:
            accuracy = sum(bool(right[at]) for at in inside) / len(inside)
            mean = sum(float(confidence[at]) for at in inside) / len(inside)
            error += len(inside) / len(confidence) * abs(accuracy - mean)
    return error


@pytest.fixture(scope="module")
def answers(trained, small):
    return predict(load(*find_run("small", trained[0])).model, small.test)


def test_the_error_of_a_trained_network_by_a_loop(answers):
    found = reliability(answers.confidence, answers.right)
    assert found.error == pytest.approx(by_a_loop(answers.confidence, answers.right), abs=1e-6)
    assert found.count.sum() == len(answers.labels)


def test_the_bins_are_scikit_learns(answers):
    found = reliability(answers.confidence, answers.right)
    share, mean = calibration_curve(answers.right, answers.confidence, n_bins=BINS)
    np.testing.assert_allclose(found.accuracy, share, atol=1e-6)
    np.testing.assert_allclose(found.confidence, mean, atol=1e-6)


@pytest.mark.parametrize("sure", [0.0, 1 / 15, 0.5, 2 / 3, 0.999, 1.0])
@pytest.mark.parametrize("right", [True, False])
def test_one_image(sure, right):
    found = reliability(np.array([sure]), np.array([right]))
    assert found.error == pytest.approx(abs(right - sure))
    assert found.count.tolist() == [1]
    assert found.low[0] <= sure <= found.high[0]
    assert found.overconfident == (sure > right)


def test_random_answers_by_a_loop():
    chance = np.random.default_rng(1)
    for images in (2, 7, 300):
        confidence, right = chance.random(images), chance.random(images) < 0.5
        assert reliability(confidence, right).error == pytest.approx(by_a_loop(confidence, right))


def test_the_histogram_counts_every_answer_once(answers):
    bins = histogram(answers.confidence, answers.right)
    assert bins.right.sum() == answers.right.sum() and bins.wrong.sum() == (~answers.right).sum()
    inside = [
        c for c, r in zip(answers.confidence, answers.right, strict=True) if not r and bins.low[12] <= c < bins.high[12]
    ]
    assert bins.wrong[12] == len(inside)
