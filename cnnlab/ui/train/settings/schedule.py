"""The section for schedule and optimiser, with the planned learning rate as a chart."""

from __future__ import annotations

import streamlit as st

from cnnlab.charts.rate_curves import schedule_chart
from cnnlab.training.config import TrainConfig
from cnnlab.training.optimizers import WITH_MOMENTUM
from cnnlab.training.schedules import SCHEDULES
from cnnlab.ui.train.settings import fields

FIELDS = (
    "schedule",
    "step_size",
    "milestones",
    "gamma",
    "patience",
    "momentum",
    "nesterov",
    "weight_decay",
    "label_smoothing",
)
STEPPED = ("step", "multistep")
PER_EPOCH = 50  # points drawn in an epoch
POINTS = 1_500


def widgets(config: TrainConfig, fixed: bool) -> None:
    """Draw the settings that the chosen schedule and optimiser have."""
    state, columns = st.session_state, st.columns(6, vertical_alignment="bottom")
    columns[0].selectbox("Schedule", list(SCHEDULES), key="train_schedule", disabled=fixed)
    if state.train_schedule == "step":
        fields.number(columns[1], "step_size", "Every … epochs", fixed)
    if state.train_schedule == "multistep":
        columns[1].text_input("After epochs", key="train_milestones", disabled=fixed, placeholder="30, 60")
    if state.train_schedule == "plateau":
        note = "So many epochs may pass without a lower validation loss."
        fields.number(columns[1], "patience", "Patience", fixed, help=note)
    if state.train_schedule in (*STEPPED, "plateau"):
        fields.number(columns[2], "gamma", "Times", fixed, step=0.1, help="What the rate is multiplied by.")
    optimizer = state.train_optimizer
    if optimizer in WITH_MOMENTUM:
        fields.number(columns[3], "momentum", "Momentum", fixed, step=0.1)
    if optimizer == "sgd":
        columns[3].checkbox("Nesterov", key="train_nesterov", disabled=fixed, help="The momentum looks a step ahead.")
    fields.number(columns[4], "weight_decay", "Weight decay", fixed, step=1e-4)
    note = "Share of each label that is spread evenly over all classes."
    fields.number(columns[5], "label_smoothing", "Label smoothing", fixed, step=0.05, help=note)


def picture(config: TrainConfig, fixed: bool) -> None:
    """Draw the learning rate from the first to the last epoch."""
    if config.schedule == "plateau":
        st.markdown(
            f"The rate stays at **{config.learning_rate:g}** until more than {config.patience} epochs in a row have "
            f"not lowered the validation loss; then it is multiplied by **{config.gamma:g}**, and so on."
        )
        return
    epochs, rates = planned(config)
    st.altair_chart(schedule_chart(epochs, rates, config.schedule in STEPPED), key="train_schedule_chart")


def planned(config: TrainConfig) -> tuple[list[float], list[float]]:
    """(epochs, learning rate there) from the start to the end of the last epoch."""
    per_epoch = max(1, min(PER_EPOCH, POINTS // config.epochs))
    course = config.course(per_epoch)
    steps = range(course.total)
    rates = [config.learning_rate * SCHEDULES[config.schedule](step, course) for step in steps]
    return [step / per_epoch for step in (*steps, course.total)], [*rates, rates[-1]]
