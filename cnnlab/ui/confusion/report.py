"""Precision, recall, F1 and support of every class, and A0's bars of accuracy by digit."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from cnnlab.charts.class_scores import accuracy_bars
from cnnlab.evaluation.class_report import Report, as_table
from cnnlab.ui.confusion.answers import Answers
from cnnlab.ui.state import presenting, theme


def draw(answers: Answers, result: Report) -> None:
    """Draw bars left; right the table, its averages and a CSV file to download."""
    with presenting.main_view("sentence"):
        st.subheader(_sentence(answers, result))
    for note in result.notes:
        st.info(note)
    left, right = st.columns([1, 1.1], gap="large")
    classes = answers.predictions.per_class
    with left, presenting.main_view("bars"):
        bars = accuracy_bars(
            [f"{answers.noun.capitalize()} {name}" if answers.noun == "digit" else name for name, _, _ in classes],
            [right for _, right, _ in classes],
            [images for _, _, images in classes],
            theme.dark(),
        )
        st.altair_chart(presenting.fitted(bars, 570), key="confusion_accuracy_bars")
    with right:
        _tables(answers, result)


def _sentence(answers: Answers, result: Report) -> str:
    recalls = {row.name: row.recall for row in result.rows if row.recall is not None}
    best, worst = max(recalls, key=recalls.__getitem__), min(recalls, key=recalls.__getitem__)
    if recalls[best] == recalls[worst]:
        return f"{result.accuracy:.2%} right; every {answers.noun} is read equally well."
    return (
        f"{result.accuracy:.2%} right; best read: {best} ({recalls[best]:.1%}), worst: {worst} ({recalls[worst]:.1%})."
    )


def _tables(answers: Answers, result: Report) -> None:
    table = pd.DataFrame(as_table(result))
    columns = {
        "class": st.column_config.TextColumn(answers.noun),
        **{name: st.column_config.NumberColumn(format="%.4f") for name in ("precision", "recall", "f1-score")},
        "support": st.column_config.NumberColumn(format="localized"),
    }
    classes = len(result.rows)
    shown = table.drop(columns="right")
    st.dataframe(shown[:classes], hide_index=True, column_config=columns, height="content", placeholder="–")
    st.dataframe(shown[classes:], hide_index=True, column_config={**columns, "class": ""}, placeholder="")
    st.download_button(
        "Download as CSV",
        table.to_csv(index=False),
        f"{answers.network.run}-epoch-{answers.network.epoch}-report.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
