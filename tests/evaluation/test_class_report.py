"""The class report against the same numbers worked out by hand from the confusion matrix."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from cnnlab.evaluation.class_report import as_table, report
from cnnlab.evaluation.predictions import predict
from cnnlab.runs.store import find_run, load
from tests.evaluation.test_confusion_matrix import made


def by_hand(answers) -> tuple[float, dict[str, tuple], dict[str, tuple]]:
    """(accuracy, rows, averages) from the confusion matrix; a row is (precision, recall, F1, support)."""
    count = len(answers.classes)
    matrix = np.zeros((count, count), int)
    for true, predicted in zip(answers.labels.tolist(), answers.logits.argmax(1).tolist(), strict=True):
        matrix[true, predicted] += 1
    rows = {}
    for k, name in enumerate(answers.classes):
        hits, said, there = matrix[k, k], matrix[:, k].sum(), matrix[k].sum()
        rows[name] = (
            hits / said if said else None,
            hits / there if there else None,
            2 * hits / (said + there) if said + there else None,
            there,
        )
    occurring = [row for k, row in enumerate(rows.values()) if matrix[k].any() or matrix[:, k].any()]
    values = np.array([[value or 0.0 for value in row[:3]] for row in occurring])
    support = np.array([row[3] for row in occurring])
    averages = {
        "macro avg": (*values.mean(0), matrix.sum()),
        "weighted avg": (*(support @ values / support.sum()), matrix.sum()),
    }
    return matrix.trace() / matrix.sum(), rows, averages


def agrees(answers) -> None:
    """Every number follows from the confusion matrix, and is None where there is nothing to divide by."""
    result = report(answers)
    accuracy, rows, averages = by_hand(answers)
    assert result.accuracy == pytest.approx(accuracy)
    assert [row.name for row in result.rows] == list(rows)
    assert [row.name for row in result.averages] == list(averages)
    for row in (*result.rows, *result.averages):
        expected = (rows | averages)[row.name]
        assert (row.precision, row.recall, row.f1, row.support) == pytest.approx(expected), row.name


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
