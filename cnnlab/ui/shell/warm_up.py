"""Sweep up what an earlier process left, and prepare in the background what pages would have to wait for."""

from __future__ import annotations

import contextlib
import importlib
import threading

import streamlit as st

from cnnlab.common import files, paths
from cnnlab.data import datasets
from cnnlab.data.datasets import mnist
from cnnlab.errors import CnnlabError
from cnnlab.runs import folders

PAUSE = 0.5  # seconds: the first page is drawn first
LIBRARIES = ("sklearn.metrics", "sklearn.decomposition", "torchvision.transforms.v2", "captum.attr")


@st.cache_resource
def begin() -> threading.Thread:
    """Start, once a process, a thread that imports slow libraries and decodes MNIST if its files are there."""
    thread = threading.Timer(PAUSE, _warm_up)
    thread.daemon = True
    thread.start()
    return thread


def _warm_up() -> None:
    folders.sweep(paths.checkpoints())
    for folder in (paths.sweeps(), paths.networks(), paths.custom_datasets(), paths.classroom_set().parent):
        files.sweep(folder)
    for library in LIBRARIES:
        importlib.import_module(library)
    if mnist.present():
        with contextlib.suppress(CnnlabError):  # the first page that needs the images shows the sentence
            datasets.load("mnist")
