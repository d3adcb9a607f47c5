"""The training page's further settings: one section at a time, none to begin with."""

from __future__ import annotations

from types import ModuleType

import streamlit as st

from cnnlab.training.config import TrainConfig
from cnnlab.ui.state.persistent_widgets import remember
from cnnlab.ui.train.settings import (
    augmentation,
    data_set,
    earlier_runs,
    faults,
    fields,
    network_options,
    rate_search,
    schedule,
    stopping,
)

SECTIONS: dict[str, ModuleType] = {
    "Data set": data_set,
    "Network": network_options,
    "Schedule and optimiser": schedule,
    "Augmentation": augmentation,
    "Averaging and stopping": stopping,
    "Earlier runs": earlier_runs,
    "Faults": faults,
    "Find a rate": rate_search,
}
FIELDS = tuple(field for section in SECTIONS.values() for field in section.FIELDS)
OPEN = "train_section"
FILLED = "train_section_filled"  # session-state key: the section whose widgets have got their values


def choose() -> ModuleType | None:
    """Draw the row of sections; return the open one."""
    remember(**{OPEN: None})
    name = st.segmented_control("More settings", list(SECTIONS), key=OPEN, label_visibility="collapsed")
    return SECTIONS[name] if name else None


def typed(section: ModuleType | None, config: TrainConfig, fixed: bool) -> dict[str, object]:
    """Draw a section's settings, with the values of `config` when it is opened; return what stands in them now."""
    opened = section and section.__name__
    if st.session_state.get(FILLED) != opened:
        st.session_state[FILLED] = opened
        fields.put(config, section.FIELDS if section else ())
    if section is None:
        return {}
    section.widgets(config, fixed)
    return {field: st.session_state[fields.key(field)] for field in section.FIELDS}
