"""The section for finding a learning rate: a range test, its curve, and a button that takes the suggested rate."""

from __future__ import annotations

import streamlit as st

from cnnlab.charts.rate_curves import range_chart
from cnnlab.common import paths
from cnnlab.common.threads import all_but_one
from cnnlab.errors import CnnlabError
from cnnlab.runs import launch
from cnnlab.training.config import TrainConfig
from cnnlab.training.rate_finder import HIGHEST, LOWEST, STEPS, RangeTest, range_test
from cnnlab.ui import messages
from cnnlab.ui.cache import loaders
from cnnlab.ui.state.visitor import reserved

FIELDS: tuple[str, ...] = ()
TESTED = "train_rate_test"  # (settings, result)


def widgets(config: TrainConfig, fixed: bool) -> None:
    """There is nothing to set."""


def picture(config: TrainConfig, fixed: bool) -> None:
    """Draw the button and, once it was pressed, the result of the test."""
    if fixed:
        st.caption("While a run is under way no test is made: it would take the run's time.")
        return
    place = st.empty()
    if reserved(place.button, "Try learning rates", icon=":material/labs:", key="train_try_rates"):
        place.button("Cancel", icon=":material/close:", key="train_cancel_rates")  # any click ends this script run
        _test(config)
    settings, found = st.session_state.get(TESTED, (None, None))
    if settings != _without_rate(config):
        st.caption(f"{STEPS} steps on a copy, each at a higher rate than the last, from {LOWEST:g} to {HIGHEST:g}.")
        return
    _show(found)


def _test(config: TrainConfig) -> None:
    bar = st.progress(0.0, "Trying learning rates …")

    def show(fraction: float) -> None:
        bar.progress(fraction)

    try:
        with loaders.reading_data() as on_progress:
            run = launch.prepare(config, paths.checkpoints(), on_progress)
        with all_but_one():
            found = range_test(run, show)
        st.session_state[TESTED] = _without_rate(config), found
    except CnnlabError as error:
        bar.empty()
        messages.problem(error)
        return
    st.rerun()


def _show(found: RangeTest) -> None:
    chart, words = st.columns([3, 1], vertical_alignment="center")
    chart.altair_chart(range_chart(found.rates, found.losses, found.smoothed, found.suggested), key="train_range_chart")
    words.markdown(f"The loss was lowest at **{found.best:.2g}**. A tenth of that is a rate to begin with.")
    words.button(
        f"Take {found.suggested:g}", type="primary", key="train_take_rate", on_click=_take, args=(found.suggested,)
    )


def _take(rate: float) -> None:
    st.session_state.train_learning_rate = rate


def _without_rate(config: TrainConfig) -> TrainConfig:
    """The settings that the test depends on."""
    return config.replace(learning_rate=1.0, epochs=1, schedule="constant", early_stopping=0)
