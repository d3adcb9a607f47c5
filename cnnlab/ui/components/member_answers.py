"""What each member of an ensemble answers to one image."""

from __future__ import annotations

import streamlit as st

from cnnlab.runs.store import Checkpoint


def draw(network: Checkpoint, probabilities: list[list[float]]) -> None:
    """Draw what each member answers, given its class probabilities."""
    columns = st.columns(min(6, len(probabilities)))
    for number, (member, each) in enumerate(zip(network.config.options["members"], probabilities, strict=True)):
        best = max(range(len(each)), key=each.__getitem__)
        label = member["run"].partition("@")[0] or f"member {number + 1}"
        columns[number % len(columns)].metric(label, f"{network.classes[best]} · {each[best]:.0%}")
