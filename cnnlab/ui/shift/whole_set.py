"""The whole test set, moved: which offsets a network survives."""

from __future__ import annotations

import streamlit as st

from cnnlab.charts import offset_maps, robustness_curves
from cnnlab.evaluation import shifts
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.components import pixel_grid
from cnnlab.ui.shift import example
from cnnlab.ui.shift import measurements as measured
from cnnlab.ui.state import theme
from cnnlab.ui.state.persistent_widgets import remember
from cnnlab.ui.wording import thing

ACCURACY, CONSISTENCY = "Read right", "Same answer"
FAR = 4  # pixels, what the sentence speaks of
DISTANCE = "pixels moved"


def draw(network: Checkpoint) -> None:
    """Settings, progress, and once it is measured heatmap, curve and classes."""
    left, middle, right = st.columns([1.2, 1, 1])
    with left:
        fill = measured.fill_control()
    with middle:
        count = measured.count_control()
    remember(shift_value=ACCURACY)
    value = right.segmented_control("Show", [ACCURACY, CONSISTENCY], key="shift_value", required=True)
    wanted = measured.Request(network, count, fill)
    side = 2 * measured.REACH + 1
    headline = st.empty()
    found = measured.finished([wanted], f"Measure {wanted.count:,} images at {side * side} offsets")[0]
    if found is None:
        headline.subheader(
            f"Predict first: moved by {FAR} px, how many of 100 {thing(network)}s does {network.run} still read?"
        )
        example.draw([network], fill, FAR)
        return
    headline.subheader(sentence(network, found))
    maps = {ACCURACY: found.accuracy, CONSISTENCY: found.consistency}
    heat, curve = st.columns([1, 1.15], gap="large")
    with heat:
        pixel_grid.draw(
            offset_maps.offset_map(maps[value], value.lower(), "The map of the test set", height=470), "shift_test_map"
        )
        st.markdown(clipping(network, found, fill))
    with curve:
        along = shifts.by_distance(maps[value])
        lines = [
            robustness_curves.RobustnessLine("mean of 8 directions", along.mean),
            robustness_curves.RobustnessLine("worst direction", along.worst, dashed=True),
        ]
        chart = robustness_curves.curves(lines, range(found.reach + 1), DISTANCE, value.lower(), 440)
        st.altair_chart(chart, key="shift_distances")
    st.subheader(_worst_class(network, found))
    shares = [shifts.by_distance(found.of_class(number)).mean for number in range(len(network.classes))]
    st.altair_chart(
        robustness_curves.classes_by_distance(shares, network.classes, f"per cent right; {DISTANCE}", theme.dark()),
        key="shift_distances_of_classes",
    )


def sentence(network: Checkpoint, found: shifts.Sweep) -> str:
    """The error at no distance and at FAR pixels, and the worst direction."""
    line = shifts.by_distance(found.accuracy)
    worst = shifts.in_words(*(FAR * step for step in line.direction[FAR]))
    return (
        f"{network.run} reads {line.mean[0]:.1%} right where they are, {line.mean[FAR]:.1%} when moved by {FAR} px, "
        f"{line.worst[FAR]:.1%} in the worst direction ({worst})."
    )


def clipping(network: Checkpoint, found: shifts.Sweep, fill: str) -> str:
    """How many images lose ink; of photographs, how much."""
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
    shares = {
        name: shifts.by_distance(found.of_class(number)).mean[FAR]
        for number, name in enumerate(network.classes)
        if (found.labels == number).any()
    }
    worst, best = min(shares, key=shares.get), max(shares, key=shares.get)
    return f"Moved by {FAR} px, {worst} suffers most ({shares[worst]:.0%} right), {best} least ({shares[best]:.0%})."
