"""Images as points in space, to be turned with the mouse. Nothing else needs Plotly: import it when it is asked for."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from cnnlab.charts.palette import CLASSES, FAINT, INK, TRANSPARENT
from cnnlab.charts.point_map import AnsweredPoints

HEIGHT = 640
RIGHT, WRONG = "circle", "cross"  # symbols; Plotly draws them as letters, and few systems have that of its "x"
ORDINALS = ("1st", "2nd", "3rd")


def space_chart(points: AnsweredPoints, indices: np.ndarray, variance: np.ndarray, dark: bool) -> go.Figure:
    """points in three dimensions; indices int [N], the images' numbers in their data set.

    variance: [3], the fraction of it along each direction, 0..1. One trace for each class, named in the legend;
    wrong answers are crosses.
    """
    labels, predicted, classes = points.labels, points.predicted, points.classes
    figure = go.Figure()
    for label in np.unique(labels):
        here = np.flatnonzero(labels == label)
        here = here[np.argsort(predicted[here] != label, kind="stable")]  # the legend shows the first one's symbol
        answers, right = [classes[answer] for answer in predicted[here]], predicted[here] == label
        figure.add_scatter3d(
            x=points.places[here, 0],
            y=points.places[here, 1],
            z=points.places[here, 2],
            name=classes[label],
            mode="markers",
            marker={
                "size": np.where(right, 5.2, 14).tolist(),  # as lists Plotly halves them
                "line": {"width": 0},
                "opacity": 0.85,
                "color": CLASSES[label % len(CLASSES)],
                "symbol": np.where(right, RIGHT, WRONG).tolist(),
            },
            text=[f"{classes[label]} read as {answer}" for answer in answers],
            customdata=indices[here],
            hovertemplate="%{text}<br>#%{customdata}<extra></extra>",
        )
    axes = {
        f"{axis}axis": {
            "title": f"{ordinal}: {part:.0%}",
            "showticklabels": False,
            "showbackground": False,
            "gridcolor": FAINT[dark],
            "zerolinecolor": FAINT[dark],
        }
        for axis, ordinal, part in zip("xyz", ORDINALS, variance, strict=True)
    }
    return figure.update_layout(
        template="none",
        height=HEIGHT,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        paper_bgcolor=TRANSPARENT,
        font={"family": "Source Sans, sans-serif", "size": 18, "color": INK[dark]},
        hoverlabel={"font": {"size": 18}},
        legend={"font": {"size": 20}, "itemsizing": "constant", "x": 1, "xanchor": "right", "y": 0.95},
        scene={
            **axes,
            "aspectmode": "cube",
            "dragmode": "turntable",
            "domain": {"x": [0, 0.84]},
            "camera": {"eye": {"x": 1.4, "y": 1.6, "z": 0.95}},
        },
        uirevision="the reader's view",
    )
