from __future__ import annotations

import io
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import classification_report

from cnnlab.evaluation.class_report import as_table, report
from cnnlab.evaluation.predictions import predict
from cnnlab.runs.store import find_run, load
from tests.evaluation.test_confusion_matrix import made


def scikit_learns(answers) -> dict:
    names = {str(k): name for k, name in enumerate(answers.classes)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        scores = classification_report(answers.labels, answers.predicted, output_dict=True)
    return {names.get(name, name): row for name, row in scores.items()}


def agrees(answers) -> None:
    """Every number equals scikit-learn's own report, or is None where scikit-learn puts 0 with a warning."""
    result, expected = report(answers), scikit_learns(answers)
    assert result.accuracy == pytest.approx(expected["accuracy"])
    for row in (*result.rows, *result.averages):
        if row.name not in expected:
            assert (row.precision, row.recall, row.f1, row.support) == (None, None, None, 0)
            continue
        theirs = expected[row.name]
        assert row.support == theirs["support"]
        for ours, name in ((row.precision, "precision"), (row.recall, "recall"), (row.f1, "f1-score")):
            assert theirs[name] == 0 if ours is None else ours == pytest.approx(theirs[name])


def test_a_trained_network(trained, small):
    agrees(predict(load(*find_run("small", trained[0])).model, small.test))


@pytest.mark.parametrize(
    ("labels", "predicted"),
    [
        ([0, 1, 2, 2], [0, 1, 2, 1]),  # all present
        ([0, 0, 1], [0, 1, 1]),  # c absent, never predicted
        ([0, 0, 1], [0, 2, 1]),  # c absent, but predicted
        ([0, 1, 2], [0, 1, 1]),  # c never predicted
        ([0], [0]),
        ([0], [1]),
        ([0, 0, 0], [0, 0, 0]),
    ],
)
def test_classes_missing_here_or_there(labels, predicted):
    answers = made(labels, predicted)
    agrees(answers)
    table = pd.DataFrame(as_table(report(answers)))
    numbers = table.drop(columns="class").to_numpy(dtype=float)
    assert not np.isinf(numbers).any()


def test_undefined_is_none_and_said():
    result = report(made([0, 0, 1], [0, 2, 0]))
    by_name = {row.name: row for row in result.rows}
    assert by_name["c"].recall is None and by_name["c"].precision == 0
    assert by_name["b"].precision is None and by_name["b"].recall == 0
    assert result.notes == [
        "No image here shows c, so recall has nothing to count there.",
        "The network never answered b: no precision there, averages count it as 0.",
    ]


def test_the_file_holds_what_the_page_shows():
    answers = made([0, 1, 2, 2], [0, 1, 2, 1])
    read = pd.read_csv(io.StringIO(pd.DataFrame(as_table(report(answers))).to_csv(index=False))).set_index("class")
    assert list(read.index) == ["a", "b", "c", "accuracy", "macro avg", "weighted avg"]
    assert read.loc["b", "precision"] == 0.5 and read.loc["c", "right"] == 1
    assert read.loc["accuracy", "f1-score"] == 0.75 and read.loc["accuracy", "support"] == 4
