"""The whole test set, moved: which offsets a network survives."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.charts import offset_maps, robustness_curves
from cnnlab.charts.mosaic import Mosaic
from cnnlab.common.background import OnProgress
from cnnlab.evaluation import shifts
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.components import film_maker, pixel_grid, required_choice
from cnnlab.ui.shift import example, measurements
from cnnlab.ui.state import address, presenting, theme
from cnnlab.ui.state.address_kinds import one_of
from cnnlab.ui.wording import thing

ACCURACY, CONSISTENCY = "Read right", "Same answer"
FAR = 4  # pixels: the distance that the sentences speak of
DISTANCE = "pixels moved"


def draw(network: Checkpoint) -> None:
    """Draw the settings, the progress, and once it is measured heatmap, curve and classes."""
    left, middle, right = st.columns([1.2, 1, 1])
    with left:
        fill = measurements.fill_control()
    with middle:
        count = measurements.count_control()
    address.remember("show", "shift_value", one_of([ACCURACY, CONSISTENCY]), ACCURACY)
    value = required_choice.one_of(right, "Show", [ACCURACY, CONSISTENCY], key="shift_value")
    wanted = measurements.of_shifts(network, count, fill)
    side = 2 * measurements.REACH + 1
    with presenting.main_view("sentence"):
        headline = st.empty()
    found = measurements.finished([wanted], f"Measure {wanted.count:,} images at {side * side} offsets")[0]
    if found is None:
        headline.subheader(
            f"Predict first: moved by {FAR} px, how many of 100 {thing(network)}s does {network.run} still read?"
        )
        with presenting.main_view("example"):
            example.draw([network], fill, FAR)
        return
    headline.subheader(sentence(network, found))
    with presenting.main_view("maps"):
        heat, curve = st.columns([1, 1.15], gap="large")
    with heat:
        pixel_grid.draw(picture(found, value), "shift_test_map")
        st.markdown(clipping(network, found, fill))
        film_maker.draw(_film(count, fill, value))
    with curve:
        along = shifts.by_distance(_values(found, value))
        lines = [
            robustness_curves.RobustnessLine("mean of 8 directions", along.mean),
            robustness_curves.RobustnessLine("worst direction", along.worst, dashed=True),
        ]
        chart = robustness_curves.curves(
            lines, range(found.reach + 1), DISTANCE, value.lower(), height=presenting.height(440, 560)
        )
        st.altair_chart(chart, key="shift_distances")
    st.subheader(_worst_class(network, found))
    fractions = [shifts.by_distance(found.of_class(number)).mean for number in range(len(network.classes))]
    st.altair_chart(
        robustness_curves.classes_by_distance(fractions, network.classes, f"per cent right; {DISTANCE}", theme.dark()),
        key="shift_distances_of_classes",
    )


def picture(found: shifts.Sweep, value: str) -> Mosaic:
    """The map of the test set."""
    return offset_maps.offset_map(_values(found, value), value.lower(), "The map of the test set", height=470)


def _values(found: shifts.Sweep, value: str) -> np.ndarray:
    return found.accuracy if value == ACCURACY else found.consistency


def _film(count: int, fill: str, value: str) -> film_maker.Subject:
    def picture_of(network: Checkpoint, on_progress: OnProgress) -> Mosaic:
        return picture(measurements.swept(network, count, fill, on_progress), value)

    what = f"test images, {value.lower()}"
    return film_maker.Subject(f"{what}, at every offset", f"shift {what}", (count, fill), picture_of)


def sentence(network: Checkpoint, found: shifts.Sweep) -> str:
    """The error at no distance and at FAR pixels, and the worst direction."""
    line = shifts.by_distance(found.accuracy)
    worst = shifts.in_words(*(FAR * step for step in line.direction[FAR]))
    return (
        f"{network.run} reads {line.mean[0]:.1%} right where they are, {line.mean[FAR]:.1%} when moved by {FAR} px, "
        f"{line.worst[FAR]:.1%} in the worst direction ({worst})."
    )


def clipping(network: Checkpoint, found: shifts.Sweep, fill: str) -> str:
    """The fraction of digits that lose ink; of photographs, the fraction of the area that is lost."""
    width = network.image_shape[2]
    if fill == shifts.PAD:
        return (
            f"Nothing is lost: every {thing(network)} is drawn at {width / (width + 2 * found.reach):.0%} of its size."
        )
    if thing(network) != "digit":
        what = "leaves the frame" if fill == shifts.ZERO else "comes back on the other side"
        near, far = (f"{distance / width:.0%}" for distance in (FAR, found.reach))
        return f"At {FAR} px sideways {near} of every image {what}, at {found.reach} px {far}."
    lost = shifts.by_distance(found.clipped).mean
    what = "some ink leaves the frame" if fill == shifts.ZERO else "some ink comes back on the other side"
    return f"At {FAR} px {what} for {lost[FAR]:.0%} of the images, at {found.reach} px for {lost[found.reach]:.0%}."


def _worst_class(network: Checkpoint, found: shifts.Sweep) -> str:
    right = {
        name: shifts.by_distance(found.of_class(number)).mean[FAR]
        for number, name in enumerate(network.classes)
        if (found.labels == number).any()
    }
    worst, best = min(right, key=right.__getitem__), max(right, key=right.__getitem__)
    return f"Moved by {FAR} px, {worst} suffers most ({right[worst]:.0%} right), {best} least ({right[best]:.0%})."
