"""How sure the network is, whether that is justified, and what happens when unsure answers are left out."""

from __future__ import annotations

import streamlit as st

from cnnlab.charts.confidence import coverage_chart, histogram_chart, reliability_chart
from cnnlab.evaluation.calibration import Reliability
from cnnlab.evaluation.selective_prediction import Coverage, Selected
from cnnlab.ui.confusion.answers import Answers
from cnnlab.ui.confusion.contents import CertaintyView
from cnnlab.ui.state import presenting, theme

THRESHOLD = "confusion_threshold"  # key of the slider, in per cent


def draw(_answers: Answers, view: CertaintyView) -> None:
    """Draw three charts with a sentence each, and the slider for the confidence below which answers are left out."""
    with presenting.main_view("certainty"):
        st.subheader(view.sentence)
        first, second, third = st.columns(3, gap="medium")
    with first:
        st.markdown("##### How sure, right and wrong")
        bins = view.bins
        st.altair_chart(histogram_chart(bins.low, bins.high, bins.right, bins.wrong), key="confusion_histogram")
        said = [f"{name} answers at least **{median:.1%}**" for name, median in view.medians.items()]
        st.markdown(f"How sure half of them are: {', '.join(said)}.")
    with second:
        _reliability(view.reliability)
    with third:
        _coverage(view.coverage, view.selected)


def _reliability(result: Reliability) -> None:
    st.markdown("##### Is it as good as it says?")
    st.altair_chart(
        reliability_chart(
            result.low,
            result.high,
            confidence=result.confidence,
            accuracy=result.accuracy,
            count=result.count,
            dark=theme.dark(),
        ),
        key="confusion_reliability",
    )
    direction = "too sure" if result.overconfident else "too modest"
    st.markdown(f"Expected calibration error **{result.error:.2%}**: on the whole {direction}.")


def _coverage(curve: Coverage, selected: Selected) -> None:
    st.markdown("##### What if it may say nothing?")
    answered = selected.answered
    at = (answered / selected.images, 1 - selected.wrong / answered) if answered else None
    st.altair_chart(coverage_chart(curve.answered, curve.accuracy, at, theme.dark()), key="confusion_coverage")
    st.slider("Answer only when at least … % sure", 0, 100, key=THRESHOLD, format="%d%%")
    st.markdown(selected.sentence)
