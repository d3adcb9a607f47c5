from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss

from cnnlab.evaluation.predictions import predict
from cnnlab.runs.store import find_run, load


@pytest.fixture(scope="module")
def answers(trained, small):
    return predict(load(*find_run("small", trained[0])).model, small.test)


def test_numbers_equal_scikit_learns(answers, small):
    labels = small.test.labels.numpy()
    assert answers.accuracy == pytest.approx(accuracy_score(labels, answers.predicted))
    assert answers.loss == pytest.approx(log_loss(labels, answers.probabilities, labels=range(10)), rel=1e-4)
    assert np.array_equal(answers.confusion, confusion_matrix(labels, answers.predicted, labels=range(10)))


def test_per_class_counts_by_hand(answers, small):
    assert [name for name, _, _ in answers.per_class] == list("0123456789")
    for name, right, count in answers.per_class:
        of_class = [at for at, label in enumerate(small.test.labels.tolist()) if label == int(name)]
        assert count == len(of_class)
        assert right == sum(int(answers.predicted[at]) == int(name) for at in of_class)
