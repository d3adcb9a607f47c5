"""The program of the settings that stand on the page, or of the run under way."""

from __future__ import annotations

import streamlit as st

from cnnlab.runs.export.script.whole_script import config_script
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui.components import program_code
from cnnlab.ui.state.draft_config import DRAFT

ABOUT = "These settings as one program on torch and torchvision alone. On a CPU its loss is the run's, step by step."


def draw(snapshot: Snapshot) -> None:
    """Draw it, closed at first; nothing while there are no settings yet."""
    config = snapshot.config if snapshot.active else st.session_state.get(DRAFT)
    if config:
        program_code.draw(lambda: config_script(config, config.recipe), "train_code", ABOUT)
