"""Up to four runs in one chart, and why each has the curve it has."""

from __future__ import annotations

import streamlit as st

from cnnlab.charts import robustness_curves
from cnnlab.evaluation import shifts
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.shift import example, measurements, run_choice
from cnnlab.ui.shift.whole_set import DISTANCE, FAR
from cnnlab.ui.state import presenting
from cnnlab.ui.wording import thing

WHY = {
    "gap-cnn": "each map is averaged before the answer, so it asks what was seen, not where.",
    "blurpool-cnn": "as gap, and a blur before every second pixel is dropped, so no pixel's neighbours are forgotten.",
    "polyphase-cnn": "as gap, and the image itself chooses which pixels are kept: the grid moves along with it.",
}
MOVED = "it saw images moved by up to ±{:g} px while it learned, so its weights know those places."
PLAIN = "its first linear layer has a weight for every position: moved by a few pixels, an image meets other weights."


def draw(network: Checkpoint) -> None:
    """Draw the settings, the progress, the chart and a sentence for every run."""
    chosen = run_choice.choose(network)
    left, right = st.columns(2)
    with left:
        fill = measurements.fill_control()
    with right:
        count = measurements.count_control()
    if not chosen:
        st.info("Choose a run, or train one by the recipe shift-augmented, gap, blurpool or polyphase.")
        return
    with presenting.main_view("sentence"):
        headline = st.empty()
    wanted = [measurements.of_shifts(each, count, fill) for each in chosen]
    results = measurements.finished(wanted, "Measure these runs")
    done = [(each, found) for each, found in zip(chosen, results, strict=True) if found is not None]
    if not done:
        headline.subheader(f"Predict first: which of these still reads {thing(chosen[0])}s that moved by {FAR} px?")
        with presenting.main_view("example"):
            example.draw(chosen, fill, FAR)
        return
    errors = [1 - shifts.by_distance(found.accuracy).mean[FAR] for _, found in done]
    headline.subheader(_sentence([each for each, _ in done], errors))
    lines = [
        robustness_curves.RobustnessLine(each.run, shifts.by_distance(found.accuracy).mean, colour)
        for colour, (each, found) in enumerate(done)
    ]
    with presenting.main_view("chart"):
        chart, words = st.columns([1.5, 1], gap="large")
    with chart:
        st.altair_chart(
            robustness_curves.curves(
                lines, range(measurements.REACH + 1), DISTANCE, height=presenting.height(440, 560)
            ),
            key="shift_side_by_side",
        )
    with words:
        for each, found in done:
            same = shifts.by_distance(found.consistency).mean[FAR]
            accuracy = shifts.by_distance(found.accuracy).mean
            st.markdown(
                f"**{each.run}**: {accuracy[0]:.1%} → **{accuracy[FAR]:.1%}** at {FAR} px, same answer {same:.1%}. "
                f"{(said := why(each))[0].upper()}{said[1:]}"
            )


def why(network: Checkpoint) -> str:
    """One sentence: why the network's curve is as it is."""
    moved = network.config.augment_shift
    reason = WHY.get(network.config.network)
    if reason is None:
        return MOVED.format(moved) if moved else PLAIN
    return f"{reason[:-1]}; and it saw images moved by up to ±{moved:g} px." if moved else reason


def _sentence(networks: list[Checkpoint], errors: list[float]) -> str:
    worst, best = max(range(len(errors)), key=errors.__getitem__), min(range(len(errors)), key=errors.__getitem__)
    if worst == best:
        return f"Moved by {FAR} px, {networks[best].run} reads {errors[best]:.1%} wrong."
    ratio = errors[worst] / max(errors[best], 1e-9)
    if not errors[best] or ratio < 1.5:
        return f"Moved by {FAR} px, {networks[best].run} reads the fewest wrong: {errors[best]:.1%}."
    return (
        f"Moved by {FAR} px, {networks[best].run} reads {errors[best]:.1%} wrong, {networks[worst].run} "
        f"{ratio:.0f} times as many."
    )
