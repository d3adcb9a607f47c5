"""Train a network and watch it learn, alone or beside others."""

from __future__ import annotations

import streamlit as st

from cnnlab.ui.cache import loaders
from cnnlab.ui.components import run_curves
from cnnlab.ui.state import address, watched
from cnnlab.ui.state.address_kinds import one_of, some_of
from cnnlab.ui.train import before_start, code_view, gradient_norms, run_controls
from cnnlab.ui.train.live_curves import RANGES, TICK_SECONDS, axis_name, kept, live
from cnnlab.ui.train.settings import recipe_address

own, snapshot = loaders.runner().snapshot(), watched.snapshot()  # the same, unless another process trains
lines = st.container(gap="xsmall")  # close together: the curves are to have the window
row, buttons, more, learning = (lines.container(gap="xsmall") for _ in range(4))
recipe_address.remember(own)
prepare = before_start.draw(own, row, more)
with buttons:
    run_controls.draw(snapshot, prepare)
ended = [run for run in loaders.runs()[0] if run.outcome]
LOSS, RIGHT = ["logarithmic", "linear"], ["accuracy", "error rate"]
address.remember("behind", "train_behind", some_of([run.name for run in ended]), [])
address.remember("loss", "train_loss_axis", one_of(LOSS), LOSS[0])
address.remember("right", "train_accuracy_or_error", one_of(RIGHT), RIGHT[0])
address.remember("range", "train_accuracy_range", one_of(RANGES), next(iter(RANGES)))
with st.sidebar:
    behind = st.multiselect("Lay earlier runs behind the curves", [run.name for run in ended], key="train_behind")
    st.segmented_control("Loss axis", LOSS, key="train_loss_axis")
    st.segmented_control("Right chart", RIGHT, key="train_accuracy_or_error")
    st.segmented_control("Its axis", list(RANGES), key="train_accuracy_range", format_func=axis_name)
    gradient_norms.switch()
earlier = [run_curves.of_run(run) for run in ended if run.name in behind]
with learning:
    st.fragment(live, run_every=TICK_SECONDS if snapshot.active else None)(snapshot, earlier)
if rows := run_curves.of_snapshot(snapshot) if snapshot.epochs else kept():
    with st.expander("Epoch by epoch", icon=":material/table_rows:"):
        st.dataframe(rows.table(), hide_index=True)
code_view.draw(own)
