"""Runs, networks and data for pages, loaded once and shared by all tabs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from cnnlab.common import paths
from cnnlab.data import datasets
from cnnlab.data.dataset import Dataset
from cnnlab.data.datasets.mnist import Progress
from cnnlab.data.splits import Split, split
from cnnlab.errors import CnnlabError
from cnnlab.evaluation.evaluation_set import check_same
from cnnlab.runs import store
from cnnlab.training.config import TrainConfig
from cnnlab.training.runner import Runner
from cnnlab.ui import messages
from cnnlab.ui.cache import bounded


@st.cache_resource
def runner() -> Runner:
    """The process's one training thread."""
    return Runner()


def runs() -> tuple[list[store.Run], list[store.Unreadable]]:
    """(readable runs, newest first; the others), read again only when a folder changed."""
    stamps = tuple(sorted((str(file), file.stat().st_mtime_ns) for file in paths.checkpoints().glob("*/run.json")))
    return _runs(str(paths.checkpoints()), stamps)


@st.cache_resource(max_entries=2, show_spinner=False)
def _runs(root: str, stamps: tuple[tuple[str, int], ...]) -> tuple[list[store.Run], list[store.Unreadable]]:
    return store.list_runs(Path(root))


def checkpoint(run: store.Run, epoch: int) -> store.Checkpoint:
    """The network of a run's epoch. Ends the page with a sentence where its file cannot be used."""
    try:
        return read_checkpoint(run, epoch)
    except (CnnlabError, OSError) as error:
        return messages.refuse(error)


def read_checkpoint(run: store.Run, epoch: int) -> store.Checkpoint:
    """The network of a run's epoch. Raises CnnlabError or OSError where its file cannot be used."""
    file = run.file(epoch)
    stat = file.stat()
    return _checkpoint(str(file), stat.st_mtime_ns, stat.st_size)


@bounded.kept()
def _checkpoint(path: str, modified: int, size: int) -> store.Checkpoint:
    return store.load_file(Path(path))


def dataset(name: str) -> tuple[Dataset, Dataset]:
    """(train, test), with a progress bar for a download. Ends the page with a sentence where they cannot be read."""
    try:
        with reading_data() as on_progress:
            return datasets.load(name, on_progress)
    except CnnlabError as error:
        return messages.refuse(error)


@contextmanager
def reading_data(cancel: str | None = None) -> Iterator[Progress]:
    """Show a spinner while images are read; yields what a download calls to draw its progress bar.

    cancel: the key of a button to end a download; pressing it, like any click, ends this script run. Where no page
    runs nothing is shown.
    """
    if not messages.page_runs():
        yield lambda file, done, total: None
        return
    waiting, button, holder = st.empty(), st.empty(), st.empty()
    offered = False

    def show(file: str, done: int, total: int) -> None:
        nonlocal offered
        if cancel and not offered:
            offered = True
            button.button("Cancel the download", icon=":material/close:", key=cancel)
        holder.progress(min(1.0, done / total) if total else 0.0, f"Downloading {file}: {done / 1e6:.1f} MB")

    try:
        with waiting, st.spinner("Reading the images …"):
            yield show
    finally:
        button.empty()
        holder.empty()


def own_data(network: store.Checkpoint) -> tuple[Dataset, Dataset]:
    """(train, test) that the network was trained on. Ends the page with a sentence where they cannot be read."""
    found = dataset(network.config.dataset)
    try:
        check_same(network.config.dataset, found[1], network.classes, network.image_shape)
    except CnnlabError as error:
        return messages.refuse(error)
    return found


def parts(config: TrainConfig) -> Split:
    """The data of a run, split as it was trained. Ends the page with a sentence where it cannot be read."""
    try:
        return split(config.split, *dataset(config.dataset))
    except CnnlabError as error:
        return messages.refuse(error)
