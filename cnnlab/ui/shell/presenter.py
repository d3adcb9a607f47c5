"""Presenter mode around every page: its keys, and the bar with page, run and epoch that stays when the rest goes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from cnnlab.ui.components.browser_element import element
from cnnlab.ui.shell import picture_saver, presenter_style
from cnnlab.ui.state import presenting, watched
from cnnlab.ui.state.chosen_network import choice, epoch_key, followed

ELEMENT = "shared_presenter_bar"
TRAIN = "Train"
KEYS = (
    ("P", "present, or leave it"),
    ("S", "save a picture"),
    ("F", "full screen"),
    ("?", "this list"),
    ("Esc", "leave"),
)
TRAIN_KEYS = (("Space", "pause, go on"), ("→", "one batch"), ("⇧ →", "one epoch"))
EPOCH_KEYS = (("← →", "the epoch before, the next"),)
_FILES = Path(__file__)
_HTML = '<nav aria-label="Presenter mode"></nav><dialog aria-label="Keys"></dialog>'


def draw(page: Page, pages: Sequence[Page]) -> None:
    """Draw the bar where this tab presents, and listen to the keys; call after the sidebar, before the page.

    pages: all of them, in the order in which the bar leafs through them.
    """
    on = presenting.on()
    if on:
        presenter_style.apply()
    titles = [each.title for each in pages]
    at = titles.index(page.title)
    data = {
        "on": on,
        "title": page.title,
        "before": titles[at - 1],
        "after": titles[(at + 1) % len(titles)],
        "trains": page.title == TRAIN,
        "keys": [*(TRAIN_KEYS if page.title == TRAIN else EPOCH_KEYS), *KEYS],
        **_epochs(page.title == TRAIN),
    }
    with st.container(key=presenter_style.PRESENTER):
        said = element("cnnlab_presenter", _FILES, _HTML)(data=data, key=ELEMENT, on_asked_change=_ask).asked
        picture_saver.draw(page.title)
    if said and said.get("what") == "page" and said.get("by") in (-1, 1):
        st.switch_page(pages[(at + said["by"]) % len(pages)])


def _ask() -> None:
    """Do what a key or a button of the bar asked for, before the page is drawn."""
    said = st.session_state[ELEMENT].asked
    if said and said.get("what") == "present":
        presenting.toggle()
    elif said and said.get("what") == "epoch":
        leaf(1 if said.get("by") == 1 else -1)


def leaf(by: int) -> None:
    """Show the next epoch of the chosen run, by=1, or the one before, by=-1, if there is one."""
    chosen = choice()
    if chosen.run is None or chosen.live:
        return
    at = chosen.run.epochs.index(chosen.epoch) + by
    if 0 <= at < len(chosen.run.epochs):
        st.session_state[epoch_key(chosen.run.name)] = chosen.run.epochs[at]


def _epochs(trains: bool) -> dict[str, object]:
    """The run and its epoch in words, and whether there is an epoch before and after it."""
    chosen, snapshot = choice(), watched.snapshot()
    if (trains and snapshot.active) or chosen.live:
        return {"run": followed().run or "", "epoch": snapshot.state if trains else "as it learns"}
    if chosen.run is None:
        return {"run": "", "epoch": ""}
    epochs = chosen.run.epochs
    return {
        "run": chosen.run.name,
        "epoch": f"epoch {chosen.epoch} of {epochs[-1]}",
        "back": chosen.epoch > epochs[0],
        "on_": chosen.epoch < epochs[-1],
    }
