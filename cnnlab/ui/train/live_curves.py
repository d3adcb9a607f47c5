"""The progress and curves of the run under way, or of the run chosen in the sidebar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from cnnlab.charts.answer import headline as answer_to
from cnnlab.charts.answer import ribbons
from cnnlab.charts.training_curves import accuracy_chart, error_chart, loss_chart
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui import messages
from cnnlab.ui.components import curve_chart, pinned_drawing, run_curves
from cnnlab.ui.state import presenting, watched
from cnnlab.ui.state.chosen_network import choice, followed
from cnnlab.ui.train import gradient_norms, hint, progress
from cnnlab.ui.train.race import race_view

TICK_SECONDS = 0.8  # at 0.5 a watching tab took a sixth of the training on two cores
RANGES = {"0 – 100 %": 0.0, "80 – 100 %": 0.8, "95 – 100 %": 0.95}


def live(drawn: Snapshot, earlier: list[run_curves.RunCurves]) -> None:
    """Draw what changes with every step; a new state or epoch redraws the whole page."""
    snapshot, lanes = watched.snapshot(), watched.lanes()
    if (snapshot.run, snapshot.state, len(snapshot.epochs)) != (drawn.run, drawn.state, len(drawn.epochs)):
        st.rerun()
    if snapshot.lane and snapshot.state != "starting":
        race(snapshot, lanes)
        return
    with presenting.main_view("state"):
        headline(snapshot)
    shown = run_curves.of_snapshot(snapshot) if snapshot.epochs else kept()
    if snapshot.active and snapshot.unsaved:
        messages.warn(f"Training goes on, but {snapshot.unsaved}")
    if snapshot.state == "failed":
        messages.problem(snapshot.error or "Training failed.")
    hint.draw(snapshot.hint if snapshot.epochs else hint.of_chosen_run(), snapshot)
    if snapshot.state == "starting":
        st.info("Getting the data and the network ready …")
    elif shown:
        if not snapshot.epochs:
            with presenting.main_view("whose"):
                st.caption(f"The curves of **{shown.name}**, as they were recorded:")
        curves(shown, [each for each in earlier if each.name != shown.name])


def race(snapshot: Snapshot, lanes: Sequence[Snapshot]) -> None:
    """Draw the lanes side by side, then what the sidebar's lane makes of the pinned drawing."""
    with presenting.main_view("lanes"):
        race_view.head(snapshot, lanes)
    told = next((lane for lane in lanes if lane.hint and lane.hint.kind == "fault"), followed())
    hint.draw(told.hint, told, of=told.words)
    with presenting.main_view("race"):
        race_view.charts(lanes, lowest=_lowest(), logarithmic=_logarithmic())
    answers(run_curves.of_snapshot(followed()))


def headline(snapshot: Snapshot) -> None:
    """Draw how the run ended, or how far it is, large enough for the back row."""
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
    return run_curves.of_run(run) if run and run.record.losses else None


def curves(shown: run_curves.RunCurves, earlier: list[run_curves.RunCurves]) -> None:
    """Draw loss and accuracy of the run `shown` beside `earlier` ones, its gradient norms, its pinned drawing.

    The first two fill the window where nothing is to be drawn below them.
    """
    grows = not gradient_norms.shown() and len(shown.pinned) < 2
    with presenting.main_view("curves"):
        left, right = st.columns(2)
    with left:
        losses = [each.losses for each in earlier]
        chart = loss_chart(shown.losses, shown.validation("val_loss"), losses, _logarithmic())
        curve_chart.draw(replace(chart, marks=shown.marks, grows=grows), key="train_loss_chart")
    with right:
        others = [each.measured("val_accuracy") for each in earlier]
        drawn = error_chart if st.session_state.get("train_accuracy_or_error") == "error rate" else accuracy_chart
        chart = drawn(shown.measured("train_accuracy"), shown.validation("val_accuracy"), others, _lowest())
        curve_chart.draw(replace(chart, marks=shown.marks, grows=grows), key="train_accuracy_chart")
    if gradient_norms.shown():
        gradient_norms.draw(shown)
    answers(shown)


def _logarithmic() -> bool:
    return st.session_state.get("train_loss_axis", "logarithmic") == "logarithmic"


def _lowest() -> float:
    return RANGES[st.session_state.get("train_accuracy_range") or next(iter(RANGES))]


def axis_name(accuracies: str) -> str:
    """The name of one of RANGES as the right chart shows it: of accuracies or of errors."""
    errors = st.session_state.get("train_accuracy_or_error") == "error rate"
    return f"0 – {100 * (1 - RANGES[accuracies]):.0f} %" if errors else accuracies


def answers(shown: run_curves.RunCurves) -> None:
    """Draw how the prediction for the pinned drawing changed."""
    if len(shown.pinned) < 2:
        return
    steps, probabilities = zip(*shown.pinned, strict=True)
    picture, ribbon = st.columns([1, 5], vertical_alignment="center")
    with picture:
        st.markdown(f"Pinned drawing: **{answer_to(probabilities[-1], shown.classes)}**")
        pinned_drawing.picture()
    ribbon.altair_chart(ribbons(steps, probabilities, shown.classes), key="train_ribbons")
