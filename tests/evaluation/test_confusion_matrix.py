from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix as sklearn_confusion_matrix

from cnnlab.evaluation import confusion_matrix
from cnnlab.evaluation.predictions import Predictions, predict
from cnnlab.runs.store import find_run, load

CLASSES = ("a", "b", "c")


@pytest.fixture(scope="module")
def answers(trained, small):
    return predict(load(*find_run("small", trained[0])).model, small.test)


def made(labels, predicted, confidence=None, classes=CLASSES) -> Predictions:
    """Predictions with these answers, sure by these probabilities."""
    sure = np.full(len(labels), 0.9) if confidence is None else np.asarray(confidence, float)
    probabilities = np.repeat(((1 - sure) / (len(classes) - 1))[:, None], len(classes), 1)
    probabilities[np.arange(len(labels)), predicted] = sure
    return Predictions(np.log(probabilities).astype(np.float32), np.array(labels, np.int64), classes)


def test_shares_of_a_row_are_scikit_learns(answers):
    expected = sklearn_confusion_matrix(answers.labels, answers.predicted, labels=range(10), normalize="true")
    np.testing.assert_allclose(confusion_matrix.by_row(answers.confusion), expected)


def test_a_class_without_images_has_shares_of_zero():
    shares = confusion_matrix.by_row(made([0, 0, 1], [0, 2, 1]).confusion)
    assert np.isfinite(shares).all()
    assert shares.tolist() == [[0.5, 0, 0.5], [0, 1, 0], [0, 0, 0]]


def test_mistakes_by_a_loop(answers):
    counts: dict[tuple[int, int], int] = {}
    for true, predicted in zip(answers.labels.tolist(), answers.predicted.tolist(), strict=True):
        if true != predicted:
            counts[true, predicted] = counts.get((true, predicted), 0) + 1
    ranked = confusion_matrix.mistakes(answers.confusion)
    assert {(m.true, m.predicted): m.count for m in ranked} == counts
    assert [m.count for m in ranked] == sorted(counts.values(), reverse=True)


@pytest.mark.parametrize(
    ("labels", "predicted", "sentence"),
    [
        ([0, 1, 1, 2], [0, 2, 2, 0], "Biggest mistake: b → c, 2 images."),
        ([0, 1, 2], [0, 2, 0], "Biggest mistakes: b → c and c → a, 1 image each."),
        ([0, 0, 1, 1, 2, 2], [1, 2, 0, 2, 0, 1], "Biggest mistake: a → b and 5 more pairs, 1 image each."),
        ([0, 1, 2], [0, 1, 2], "No mistakes: all 3 images are right."),
        ([1], [1], "No mistakes: the one image is right."),
        ([1], [0], "Biggest mistake: b → a, 1 image."),
    ],
)
def test_the_sentence(labels, predicted, sentence):
    assert confusion_matrix.biggest_mistake(made(labels, predicted).confusion, CLASSES) == sentence


def test_the_images_of_a_cell_are_exactly_those_surest_first():
    answers = made([0, 1, 0, 0, 1], [1, 1, 1, 0, 0], [0.6, 0.9, 0.8, 0.7, 0.5])
    assert confusion_matrix.cell(answers, 0, 1).tolist() == [2, 0]
    assert confusion_matrix.cell(answers, 2, 2).tolist() == []


def test_every_cell_of_a_trained_network_by_a_loop(answers):
    for true in range(10):
        for predicted in range(10):
            places = confusion_matrix.cell(answers, true, predicted)
            expected = [
                at
                for at in range(len(answers.labels))
                if (answers.labels[at], answers.predicted[at]) == (true, predicted)
            ]
            assert sorted(places.tolist()) == expected
            sure = [answers.probabilities[at].max() for at in places]
            assert sure == sorted(sure, reverse=True)


def test_the_difference_names_what_was_mended_and_what_was_added():
    before, now = made([0, 0, 0, 1, 2], [1, 1, 0, 1, 2]), made([0, 0, 0, 1, 2], [0, 0, 2, 1, 2])
    sentence = confusion_matrix.biggest_change(now.confusion, before.confusion, CLASSES)
    assert sentence == "1 more right; most mended a → b (−2), most added a → c (+1)."
    assert confusion_matrix.biggest_change(now.confusion, now.confusion, CLASSES) == "no cell differs."
    back = confusion_matrix.biggest_change(before.confusion, now.confusion, CLASSES)
    assert back == "1 fewer right; most mended a → c (−1), most added a → b (+2)."


def test_moved_mistakes_keep_the_number_right():
    sentence = confusion_matrix.biggest_change(made([0], [1]).confusion, made([0], [2]).confusion, CLASSES)
    assert sentence == "as many right; most mended a → c (−1), most added a → b (+1)."


def test_answers_that_are_no_numbers_are_noticed():
    fine = made([0, 1], [0, 1])
    assert fine.finite
    assert not Predictions(np.full((2, 3), np.nan, np.float32), fine.labels, CLASSES).finite
