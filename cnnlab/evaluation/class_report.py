"""Precision, recall and F1 per class, as scikit-learn's classification_report."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import classification_report

from cnnlab.evaluation.predictions import Predictions

AVERAGES = ("macro avg", "weighted avg")


@dataclass(frozen=True)
class Row:
    """One class, or an average. Values are 0..1; None where there is nothing to divide by. right: answers right."""

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    right: int | None = None


@dataclass(frozen=True)
class Report:
    """A row for every class of the data set, and scikit-learn's averages over those that occur."""

    rows: list[Row]
    accuracy: float
    averages: list[Row]
    notes: list[str]  # sentences about classes whose numbers could not be worked out


def report(predictions: Predictions) -> Report:
    """The report; its averages count an undefined value as 0, as scikit-learn does (and warns about)."""
    classes, labels, predicted = predictions.classes, predictions.labels, predictions.predicted
    occurring = sorted({*labels.tolist(), *predicted.tolist()})
    scores = classification_report(
        labels,
        predicted,
        labels=occurring,
        target_names=[classes[k] for k in occurring],
        output_dict=True,
        zero_division=0,
    )
    truth, answers = (np.bincount(values, minlength=len(classes)) for values in (labels, predicted))
    rows = [
        _row(name, scores.get(name), right, total, int(answers[k]))
        for k, (name, right, total) in enumerate(predictions.per_class)
    ]
    averages = [
        Row(name, scores[name]["precision"], scores[name]["recall"], scores[name]["f1-score"], len(labels))
        for name in AVERAGES
    ]
    return Report(rows, predictions.accuracy, averages, _notes(classes, truth, answers))


def as_table(result: Report) -> list[dict[str, object]]:
    """The report as rows for a CSV file: the classes, then accuracy and the averages as scikit-learn prints them."""
    total = sum(row.support for row in result.rows)
    accuracy = Row("accuracy", precision=None, recall=None, f1=result.accuracy, support=total)
    return [
        {
            "class": row.name,
            "precision": row.precision,
            "recall": row.recall,
            "f1-score": row.f1,
            "support": row.support,
            "right": row.right,
        }
        for row in (*result.rows, accuracy, *result.averages)
    ]


def _row(name: str, scores: dict | None, right: int, total: int, answers: int) -> Row:
    if scores is None:
        return Row(name, precision=None, recall=None, f1=None, support=0, right=0)
    return Row(
        name,
        precision=scores["precision"] if answers else None,
        recall=scores["recall"] if total else None,
        f1=scores["f1-score"] if answers or total else None,
        support=total,
        right=right,
    )


def _notes(classes: tuple[str, ...], truth: np.ndarray, answers: np.ndarray) -> list[str]:
    notes = []
    absent = [name for name, count in zip(classes, truth, strict=True) if not count]
    unused = [name for name, images, said in zip(classes, truth, answers, strict=True) if images and not said]
    if absent:
        notes.append(f"No image here shows {_listed(absent)}, so recall has nothing to count there.")
    if unused:
        notes.append(f"The network never answered {_listed(unused)}: no precision there, averages count it as 0.")
    return notes


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
