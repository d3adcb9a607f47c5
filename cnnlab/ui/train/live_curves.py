"""The progress and curves of the run under way, or of the run chosen in the sidebar."""

from __future__ import annotations

import streamlit as st

from cnnlab.charts.answer import headline as answer_to
from cnnlab.charts.answer import ribbons
from cnnlab.charts.training_curves import accuracy_chart, error_chart, loss_chart
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui.cache import loaders
from cnnlab.ui.components import curve_chart, pinned_drawing, run_curves
from cnnlab.ui.state.chosen_network import choice
from cnnlab.ui.train import gradient_norms, progress

TICK_SECONDS = 0.5
RANGES = {"0 – 100 %": 0.0, "80 – 100 %": 0.8, "95 – 100 %": 0.95}


def live(drawn: Snapshot, earlier: list[run_curves.RunCurves]) -> None:
    """What changes with every step; a new state or epoch redraws the whole page."""
    snapshot = loaders.runner().snapshot()
    if (snapshot.state, len(snapshot.epochs)) != (drawn.state, len(drawn.epochs)):
        st.rerun()
    headline(snapshot)
    shown = run_curves.of_snapshot(snapshot) if snapshot.epochs else kept()
    if snapshot.state == "failed":
        st.error(snapshot.error, icon=":material/error:")
    if snapshot.state == "starting":
        st.info("Getting the data and the network ready …")
    elif shown:
        if not snapshot.epochs:
            st.caption(f"The curves of **{shown.name}**, as they were recorded:")
        curves(shown, [each for each in earlier if each.name != shown.name])


def headline(snapshot: Snapshot) -> None:
    """How far it is, in numbers for the back row."""
    if snapshot.outcome and snapshot.state != "failed":
        st.subheader(snapshot.outcome.sentence)
        return
    if not snapshot.total_steps:
        st.subheader("Press Start and watch a network learn.")
        return
    progress.draw(snapshot)


def kept() -> run_curves.RunCurves | None:
    """The curves of the sidebar's run, until something has been trained."""
    run = choice().run
    return run_curves.of_run(run) if run and run.losses else None


def curves(shown: run_curves.RunCurves, earlier: list[run_curves.RunCurves]) -> None:
    """The two curves, and the pinned drawing's."""
    left, right = st.columns(2)
    logarithmic = st.session_state.get("train_loss_axis", "logarithmic") == "logarithmic"
    with left:
        losses = [each.losses for each in earlier]
        curve_chart.draw(loss_chart(shown.losses, losses, logarithmic), key="train_loss_chart")
    with right:
        train, validation = shown.accuracy("train_accuracy"), shown.accuracy("val_accuracy")
        others = [each.accuracy("val_accuracy") for each in earlier]
        lowest = RANGES[st.session_state.get("train_accuracy_range") or next(iter(RANGES))]
        chart = error_chart if st.session_state.get("train_accuracy_or_error") == "error rate" else accuracy_chart
        curve_chart.draw(chart(train, validation, others, lowest), key="train_accuracy_chart")
    gradient_norms.draw(shown)
    answers(shown)


def axis_name(accuracies: str) -> str:
    """One of RANGES as the right chart shows it: accuracies or errors."""
    errors = st.session_state.get("train_accuracy_or_error") == "error rate"
    return f"0 – {100 * (1 - RANGES[accuracies]):.0f} %" if errors else accuracies


def answers(shown: run_curves.RunCurves) -> None:
    """How the prediction for the pinned drawing changed."""
    if len(shown.pinned) < 2:
        return
    steps, probabilities = zip(*shown.pinned, strict=True)
    picture, ribbon = st.columns([1, 5], vertical_alignment="center")
    with picture:
        st.markdown(f"Pinned drawing: **{answer_to(probabilities[-1], shown.classes)}**")
        pinned_drawing.picture()
    ribbon.altair_chart(ribbons(steps, probabilities, shown.classes), key="train_ribbons")
