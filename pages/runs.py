"""All runs: compare, rename, delete, export and import them."""

from __future__ import annotations

import streamlit as st

from cnnlab.ui.cache import loaders
from cnnlab.ui.runs import actions, comparison, incoming, run_table, study_view

DEFAULT = 3  # runs compared while none is chosen

known, _ = loaders.runs()
rows = run_table.summaries(known)
incoming.draw(run_table.headline(rows))
actions.tidy(known, rows)
actions.say()
if not known:
    st.info("There is no run yet: train one on the first page, or import one.")
    st.stop()
chosen = run_table.draw(rows)
by_name = {run.name: run for run in known}
if chosen:
    actions.draw([by_name[name] for name in chosen])
study = [run for run in known if run.record.study and run.record.study.study == st.session_state[run_table.STUDY]]
if study:
    study_view.draw(study, main=not chosen)
if chosen:
    comparison.draw([by_name[name] for name in chosen])
elif not study:
    st.markdown("Tick a run to rename, delete or export it; tick several to compare them. Until then, the newest:")
    comparison.draw(known[:DEFAULT])
