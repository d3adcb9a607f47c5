"""Every image as a point in space, along three directions."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.ui.confusion.answers import Answers
from cnnlab.ui.confusion.contents import SpaceMap
from cnnlab.ui.state import theme


def draw(answers: Answers, shown: SpaceMap, left: DeltaGenerator, right: DeltaGenerator) -> None:
    """The points, to be turned, on the left; on the right what they say."""
    from cnnlab.charts.point_cloud import space_chart  # only now: nothing else needs Plotly

    found, places = answers.predictions, shown.places
    figure = space_chart(
        shown.points,
        shown.variance,
        found.labels[places],
        found.predicted[places],
        answers.images.indices[places],
        answers.classes,
        theme.dark(),
    )
    left.plotly_chart(figure, theme=None, key="confusion_space", config={"displayModeBar": False})
    with right:
        st.caption("Drag to turn, scroll to come nearer, click a class to hide it. Crosses: wrong answers.")
        st.caption(f"These three directions hold {shown.variance.sum():.0%} of the differences between the images.")
        if len(places) < len(answers.images):
            st.caption(f"{len(places):,} of the {len(answers.images):,} images are drawn.")
