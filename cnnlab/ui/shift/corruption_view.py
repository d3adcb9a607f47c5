"""Rotation, scale, noise and other corruptions, in the same charts as shifts."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.charts import offset_maps, robustness_curves
from cnnlab.common.text import with_minus
from cnnlab.evaluation.corruptions import CORRUPTIONS, Answers, Corruption
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import inspection
from cnnlab.ui.components import pixel_grid, required_choice
from cnnlab.ui.components.image_chooser import INDEX
from cnnlab.ui.components.required_choice import required
from cnnlab.ui.shift import measurements, run_choice
from cnnlab.ui.shift.example import START_IMAGE
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import one_of, whole

ACCURACY, CONSISTENCY = "Read right", "Same answer"
ENOUGH = 0.9  # accuracy down to which a network is said to bear a corruption


def draw(network: Checkpoint) -> None:
    """Draw the settings, one test image at every level, and the chart."""
    address.remember("disturbance", "shift_disturbance", one_of(CORRUPTIONS), "rotation")
    address.remember("show", "shift_disturbed_value", one_of([ACCURACY, CONSISTENCY]), ACCURACY)
    name = required(
        st.segmented_control(
            "Disturbance", list(CORRUPTIONS), key="shift_disturbance", required=True, label_visibility="collapsed"
        )
    )
    chosen = run_choice.choose(network)
    left, right = st.columns(2)
    value = required_choice.one_of(left, "Show", [ACCURACY, CONSISTENCY], key="shift_disturbed_value")
    with right:
        count = measurements.count_control()
    corruption = CORRUPTIONS[name]
    with presenting.main_view("sentence"):
        headline = st.empty()
    test = inspection.test_images(network)
    address.remember("image", INDEX, whole(0, len(test) - 1), START_IMAGE)
    index = st.session_state[INDEX]
    images = [corruption(test.images[index : index + 1], level)[0].numpy() for level in corruption.levels]
    titles = [with_minus(f"{level:g}") for level in corruption.levels]
    with presenting.main_view("strip"):
        pixel_grid.draw(
            offset_maps.strip([each / 255 for each in images], titles, f"{name} of one image"), "shift_strip"
        )
    results = measurements.finished([measurements.of_corruption(each, count, name) for each in chosen], None)
    done = [(each, found) for each, found in zip(chosen, results, strict=True) if found is not None]
    if not done:
        headline.subheader(f"Predict first: how much {name} does each of them bear?")
        return
    headline.subheader(_sentence(corruption, *_sturdiest(done)))
    lines = [
        robustness_curves.RobustnessLine(each.run, found.accuracy if value == ACCURACY else found.consistency, colour)
        for colour, (each, found) in enumerate(done)
    ]
    title = f"{name}: {corruption.unit}"
    chart = robustness_curves.curves(lines, corruption.levels, title, value.lower(), height=presenting.height(360, 420))
    with presenting.main_view("chart"):
        st.altair_chart(chart, key=f"shift_disturbed_by_{name}")


def _sturdiest(done: list[tuple[Checkpoint, Answers]]) -> tuple[Checkpoint, Answers]:
    """The network with the highest accuracy over all levels."""
    return max(done, key=lambda pair: float(pair[1].accuracy.mean()))


def _sentence(corruption: Corruption, network: Checkpoint, found: Answers) -> str:
    neutral, good = int(found.neutral), found.accuracy >= ENOUGH
    if not good[neutral]:
        return f"{network.run} reads {found.accuracy[neutral]:.0%} right even undisturbed."
    low = neutral - int(np.argmin([*good[: neutral + 1][::-1], False])) + 1
    high = neutral + int(np.argmin([*good[neutral:], False])) - 1
    low_level, high_level = (with_minus(f"{corruption.levels[at]:g}") for at in (low, high))
    return (
        f"{network.run} is the sturdiest: at least {ENOUGH:.0%} right from {low_level} to {high_level} "
        f"{corruption.unit} of {corruption.name}."
    )
