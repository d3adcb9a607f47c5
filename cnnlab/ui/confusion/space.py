"""Every image as a point in space, along three principal components."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.charts.point_map import AnsweredPoints
from cnnlab.ui.confusion.answers import Answers
from cnnlab.ui.confusion.contents import SpaceMap
from cnnlab.ui.state import presenting, theme


def draw(answers: Answers, shown: SpaceMap, left: DeltaGenerator, right: DeltaGenerator) -> None:
    """Draw the points, which can be turned, into `left` and what they say into `right`."""
    from cnnlab.charts.point_cloud import HEIGHT, space_chart  # only now: nothing else needs Plotly

    found, places = answers.predictions, shown.places
    points = AnsweredPoints(shown.points, found.labels[places], found.predicted[places], answers.classes)
    figure = space_chart(points, answers.images.indices[places], shown.variance, theme.dark())
    figure.update_layout(height=presenting.height(HEIGHT, 580))
    with left, presenting.main_view("map"):
        st.plotly_chart(figure, theme=None, key="confusion_space", config={"displayModeBar": False})
    with right:
        st.caption("Drag to turn, scroll to come nearer, click a class to hide it. Crosses: wrong answers.")
        st.caption(f"These three directions hold {shown.variance.sum():.0%} of the differences between the images.")
        if len(places) < len(answers.images):
            st.caption(f"{len(places):,} of the {len(answers.images):,} images are drawn.")
