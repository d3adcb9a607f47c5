"""A run's epochs as a film to take along: made in the background, from what the page itself draws of each."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import NamedTuple

import streamlit as st

from cnnlab.common.background import OnProgress, Results, process_queue
from cnnlab.common.text import counted
from cnnlab.films import film
from cnnlab.films.film import Picture
from cnnlab.runs.store import Checkpoint, Run
from cnnlab.ui import messages
from cnnlab.ui.cache import loaders
from cnnlab.ui.state import theme
from cnnlab.ui.state.chosen_network import choice
from cnnlab.ui.state.visitor import reserved

KEPT = 4  # finished films, of at most film.MOST_BYTES each
POLL_SECONDS = 0.5


class Subject(NamedTuple):
    """What a film shows.

    title: written beside the epoch; name: of the file; settings: all that its pictures depend on besides the network;
    picture_of: what the page draws of a network, called where no page runs, with what to tell how much of it is done;
    skips: so many of the first epochs.
    """

    title: str
    name: str
    settings: tuple[Hashable, ...]
    picture_of: Callable[[Checkpoint, OnProgress], Picture]
    skips: int = 0


@st.cache_resource
def films() -> Results:
    """The process's films."""
    return Results(process_queue(), "film", KEPT)


def draw(subject: Subject) -> None:
    """Draw the button that makes a film of the chosen run's epochs, its progress, or the button that saves it.

    Nothing for a run with a single epoch, and while training is followed.
    """
    chosen, dark = choice(), theme.dark()
    run = chosen.run
    if run is None or chosen.live or len(run.epochs) < 2 + subject.skips:
        return
    epochs = film.shown(run.epochs[subject.skips :])
    stamps = tuple(run.file(epoch).stat().st_mtime_ns for epoch in epochs)
    key = (str(run.path), tuple(epochs), stamps, subject.name, subject.title, subject.settings, dark)
    content = films().get(key)
    if isinstance(content, bytes):
        name = f"{run.name} {subject.name}.gif".replace(" ", "-")
        st.download_button(
            f"Save the film, {len(content) / 1e6:.1f} MB", content, name, "image/gif", key="film_maker_save",
            icon=":material/download:", on_click="ignore", type="tertiary",
        )  # fmt: skip
        return
    if films().progress(key):
        st.fragment(_progress, run_every=POLL_SECONDS)(key)
        return
    if problem := films().error(key):
        messages.problem(problem)
    reserved(
        st.button, "As a film", icon=":material/movie:", key="film_maker_make", type="tertiary",
        on_click=_start, args=(key, run, epochs, subject, dark),
        help=f"{len(epochs)} epochs as this page shows them now, a second each, as a GIF.",
    )  # fmt: skip


def _start(key: Hashable, run: Run, epochs: list[int], subject: Subject, dark: bool) -> None:
    def picture_of(epoch: int, on_progress: OnProgress) -> Picture:
        return subject.picture_of(loaders.read_checkpoint(run, epoch), on_progress)

    def work(on_progress: OnProgress) -> bytes:
        return film.film(picture_of, epochs, f"{run.name} · {subject.title}", dark, on_progress)

    films().request(key, work)


def _progress(key: Hashable) -> None:
    now = films().progress(key)
    if now is None:
        st.rerun()
    done, before = now
    waits = f"It waits for {counted(before, 'other piece')} of work" if before else f"The film: {done:.0%}"
    bar, stop = st.columns([5, 1], vertical_alignment="center")
    bar.progress(min(done, 1.0), waits)
    if reserved(stop.button, "Cancel", icon=":material/close:", key="film_maker_cancel", width="stretch"):
        films().cancel(key)
        st.rerun()
