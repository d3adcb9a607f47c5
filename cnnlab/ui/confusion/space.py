"""Every image as a point in space, along three directions."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.evaluation.evaluation_set import spread
from cnnlab.evaluation.layer_values import Station
from cnnlab.ui.cache import predictions_cache
from cnnlab.ui.confusion.view import View
from cnnlab.ui.state import theme

MOST = 3_000  # points that a laptop without a GPU still turns smoothly


def draw(view: View, layer: Station, left: DeltaGenerator, right: DeltaGenerator) -> np.ndarray:
    """The points, to be turned, on the left; on the right what they say. Return all of them, [N, 3]."""
    from cnnlab.charts.point_cloud import space_chart  # only now: nothing else needs Plotly

    found, answered = predictions_cache.pca(view.network, view.images, layer, 3), view.predictions
    places = spread(len(view.images), MOST)
    figure = space_chart(
        found.points[places],
        found.share,
        answered.labels[places],
        answered.predicted[places],
        view.images.indices[places],
        view.classes,
        theme.dark(),
    )
    left.plotly_chart(figure, theme=None, key="space", config={"displayModeBar": False})
    with right:
        st.caption("Drag to turn, scroll to come nearer, click a class to hide it. Crosses: wrong answers.")
        st.caption(f"These three directions hold {found.share.sum():.0%} of the differences between the images.")
        if len(places) < len(view.images):
            st.caption(f"{len(places):,} of the {len(view.images):,} images are drawn.")
    return found.points
