"""How sure the network is, and what it may be trusted with."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.charts.confidence import coverage_chart, histogram_chart, reliability_chart
from cnnlab.evaluation.calibration import histogram, reliability
from cnnlab.evaluation.selective_prediction import coverage, select
from cnnlab.ui.confusion.view import View
from cnnlab.ui.state import theme
from cnnlab.ui.state.persistent_widgets import remember

SURE = 0.9


def draw(view: View) -> None:
    """Three charts with a sentence each; the slider asks what happens when unsure answers are left out."""
    confidence, right = view.predictions.confidence, view.predictions.right
    st.subheader(_sentence(confidence, right))
    first, second, third = st.columns(3, gap="medium")
    with first:
        st.markdown("##### How sure, right and wrong")
        bins = histogram(confidence, right)
        st.altair_chart(histogram_chart(bins.low, bins.high, bins.right, bins.wrong), key="histogram")
        st.markdown(_medians(confidence, right))
    with second:
        _reliability(confidence, right)
    with third:
        _coverage(confidence, right)


def _sentence(confidence, right) -> str:
    wrong = int((~right).sum())
    if not wrong:
        return "No wrong answers: nothing to be too sure about."
    sure = int((confidence[~right] >= SURE).sum())
    return f"Sure and wrong: {sure:,} of {wrong:,} mistakes were made with at least {SURE:.0%} certainty."


def _medians(confidence, right) -> str:
    """Half of the answers are surer than the median."""
    said = [
        f"{name} answers at least **{np.median(confidence[which]):.1%}**"
        for name, which in (("right", right), ("wrong", ~right))
        if which.any()
    ]
    return f"How sure half of them are: {', '.join(said)}."


def _reliability(confidence, right) -> None:
    result = reliability(confidence, right)
    st.markdown("##### Is it as good as it says?")
    st.altair_chart(
        reliability_chart(result.low, result.high, result.confidence, result.accuracy, result.count, theme.dark()),
        key="reliability",
    )
    direction = "too sure" if result.overconfident else "too modest"
    st.markdown(f"Expected calibration error **{result.error:.2%}**: on the whole {direction}.")


def _coverage(confidence, right) -> None:
    st.markdown("##### What if it may say nothing?")
    remember(answer_threshold=90)
    chart = st.empty()
    threshold = st.slider("Answer only when at least … % sure", 0, 100, key="answer_threshold", format="%d%%") / 100
    chosen = select(confidence, right, threshold)
    at = (chosen.answered / chosen.images, 1 - chosen.wrong / chosen.answered) if chosen.answered else None
    curve = coverage(confidence, right)
    chart.altair_chart(coverage_chart(curve.answered, curve.accuracy, at, theme.dark()), key="coverage")
    st.markdown(chosen.sentence)
