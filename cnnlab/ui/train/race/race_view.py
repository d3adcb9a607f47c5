"""What is seen of a race: the lanes' cards, both charts with a line for each, and what it showed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from cnnlab.charts.race_curves import LaneCurves, accuracy_race, loss_race
from cnnlab.charts.training_curves import Curve, Validation
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui import messages
from cnnlab.ui.components import curve_chart, run_curves
from cnnlab.ui.components.run_curves import RunCurves
from cnnlab.ui.train.race import finish, ready, standings


def head(whole: Snapshot, lanes: Sequence[Snapshot]) -> None:
    """Draw how the lanes stand, and what the race shows. whole: Runner.snapshot()."""
    standings.draw(lanes, whole)
    ready.draw_note(lanes, finish.sentence(lanes))
    for lane in lanes:
        if lane.state == "failed" and lane.error and not lane.diverged:
            messages.problem(f"{lane.words}: {lane.error}")


def charts(lanes: Sequence[Snapshot], lowest: float, logarithmic: bool) -> None:
    """Draw both charts of the race under way, or of the last one. lowest: where the accuracies' axis begins."""
    if not any(lane.epochs for lane in lanes):
        return
    before = ready.healthy_run(lanes)
    across, curves = _over_one_axis([run_curves.of_snapshot(lane) for lane in lanes], _sizes(lanes), before)
    left, right = st.columns(2)
    with left:
        curve_chart.draw(replace(loss_race(curves, across, logarithmic), grows=True), key="train_race_loss")
    with right:
        curve_chart.draw(replace(accuracy_race(curves, across, lowest), grows=True), key="train_race_accuracy")


def _sizes(lanes: Sequence[Snapshot]) -> list[int]:
    return [lane.config.batch_size if lane.config else 1 for lane in lanes]


def _over_one_axis(
    lanes: Sequence[RunCurves], sizes: Sequence[int], before: tuple[RunCurves, int] | None
) -> tuple[str, list[LaneCurves]]:
    """(what the axis counts, the curves over it): steps, or the images shown where batches differ in size."""
    every = list(zip(range(len(lanes)), lanes, sizes, strict=True))
    ghosts = [(None, *before)] if before else []
    same = len({size for _, _, size in [*every, *ghosts]}) == 1
    found = [_lane(number, run, 1 if same else size) for number, run, size in [*ghosts, *every]]
    return ("step" if same else "images shown"), found


def _lane(number: int | None, run: RunCurves, factor: int) -> LaneCurves:
    def along(curve: Curve) -> Curve:
        return replace(curve, x=np.asarray(curve.x) * factor)

    validation = run.validation("val_accuracy")
    return LaneCurves(
        number,
        losses=along(run.losses),
        val_losses=along(run.validation("val_loss").all),
        train_accuracies=along(run.measured("train_accuracy")),
        val_accuracies=Validation(along(validation.sample), along(validation.all)),
    )
