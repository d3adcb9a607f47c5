"""Precision, recall, F1 and support, and A0's accuracy a digit."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from cnnlab.charts.class_scores import accuracy_bars
from cnnlab.evaluation.class_report import Report, as_table, report
from cnnlab.ui.confusion.view import View
from cnnlab.ui.state import theme


def draw(view: View) -> None:
    """Bars left, the table right, its averages and a CSV file under it."""
    result = report(view.predictions)
    st.subheader(_sentence(view, result))
    for note in result.notes:
        st.info(note)
    left, right = st.columns([1, 1.1], gap="large")
    rows = result.rows
    with left:
        st.altair_chart(
            accuracy_bars(
                [f"{view.noun.capitalize()} {row.name}" if view.noun == "digit" else row.name for row in rows],
                [row.right for row in rows],
                [row.support for row in rows],
                theme.dark(),
            ),
            key="accuracy_bars",
        )
    with right:
        _tables(view, result)


def _sentence(view: View, result: Report) -> str:
    shares = {row.name: row.recall for row in result.rows if row.recall is not None}
    best, worst = max(shares, key=shares.get), min(shares, key=shares.get)
    if shares[best] == shares[worst]:
        return f"{result.accuracy:.2%} right; every {view.noun} is read equally well."
    return f"{result.accuracy:.2%} right; best read: {best} ({shares[best]:.1%}), worst: {worst} ({shares[worst]:.1%})."


def _tables(view: View, result: Report) -> None:
    table = pd.DataFrame(as_table(result))
    columns = {
        "class": st.column_config.TextColumn(view.noun),
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
        f"{view.network.run}-epoch-{view.network.epoch}-report.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
