"""Questions whose truth cnnlab measures: each draws what has to be chosen, and gives the question and the measuring."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import streamlit as st

from cnnlab.classroom.questions import YES_NO, Question, Truth
from cnnlab.evaluation import shifts
from cnnlab.evaluation.predictions import predict
from cnnlab.runs.store import Run
from cnnlab.training.differences import differences
from cnnlab.ui.cache import class_drawings, inspection, loaders, predictions_cache
from cnnlab.ui.components.required_choice import from_list
from cnnlab.ui.components.tiles import source
from cnnlab.ui.state import watched
from cnnlab.ui.state.chosen_network import choice, network, network_of
from cnnlab.ui.state.persistent_widgets import remember

PAIRS = 5  # that can be chosen from
START_IMAGE, START_SHIFT = 4, (-3, 0)  # A3's experiment


class Ready(NamedTuple):
    """A question that can be put."""

    question: Question
    truth: Truth | None  # None where the teacher says it


def first_epoch() -> Ready | None:
    """How much does it know after seeing the training images once?"""
    run = None if watched.snapshot().active else choice().run
    name = run.name if run else "the run in training"

    def truth() -> float | None:
        rows = run.results if run else watched.snapshot().epochs
        found = next((row.val_accuracy for row in rows if row.epoch == 1 and row.complete), None)
        return None if found is None else round(100 * found, 2)

    st.caption(f"About {name}: the network chosen in the sidebar, or the one in training.")
    text = "After the first epoch: how many of 100 validation images does it read right?"
    return Ready(Question(text, unit=" %", low=0, high=100), truth)


def most_confused() -> Ready | None:
    """Which two digits does it mix up most?"""
    shown = network()
    confusion = predictions_cache.predictions(shown, predictions_cache.sets_for(shown)[0]).confusion
    both = np.triu(confusion + confusion.T, 1)
    first, second = np.unravel_index(np.argsort(both, axis=None)[::-1][:PAIRS], both.shape)
    most = int(both.max())
    pairs = sorted(zip(map(int, first), map(int, second), strict=True))
    names = tuple(f"{shown.classes[a]} and {shown.classes[b]}" for a, b in pairs)
    truth = pairs.index((int(first[0]), int(second[0])))
    if not most or (both == most).sum() > 1:
        st.info("No pair is mixed up more often than all others: choose another network.")
        return None
    return Ready(Question("Which two does the network mix up most often?", names), lambda: truth)


def shifted() -> Ready | None:
    """Is a moved digit still read right?"""
    remember(classroom_image=START_IMAGE, classroom_dx=START_SHIFT[0], classroom_dy=START_SHIFT[1])
    chosen, shown = choice(), network()
    test = inspection.test_images(shown)
    left, middle, right = st.columns(3)
    index = int(left.number_input("Test image", 0, len(test) - 1, key="classroom_image"))
    reach = shifts.FURTHEST
    dx = middle.slider("Right (left below 0)", -reach, reach, key="classroom_dx")
    dy = right.slider("Down (up below 0)", -reach, reach, key="classroom_dy")
    moved = shifts.moved(test.images[index].numpy(), dx, dy, reach=reach)
    label = int(test.labels[index])

    def truth() -> int:
        answer = inspection.probabilities(network_of(chosen), moved).argmax()
        return 0 if int(answer) == label else 1

    words = shifts.in_words(dx, dy)
    text = f"This {shown.classes[label]}, {words}: does the network still read it right?"
    return Ready(Question(text, YES_NO, picture=source(moved)), truth)


def our_drawings() -> Ready | None:
    """How many of the class's drawings are read right?"""
    drawings, chosen = class_drawings.read(), choice()
    if not len(drawings):
        st.info("There are no drawings yet: let the class draw first.")
        return None

    def truth() -> int:
        return int(predict(network_of(chosen).model, drawings.dataset()).right.sum())

    text = f"Of our {len(drawings)} drawings: how many does the network read right?"
    return Ready(Question(text, high=len(drawings)), truth)


def which_wins() -> Ready | None:
    """Which of two runs reads more test images?"""
    tested = {run.name: run for run in loaders.runs()[0] if run.outcome and run.outcome.test_accuracy is not None}
    if len(tested) < 2:
        st.info("There are no two runs that were tested: train one more.")
        return None
    left, right = st.columns(2)
    one = tested[from_list(left, "One", tested, key="classroom_one")]
    others = [name for name in tested if name != one.name]
    other = tested[from_list(right, "The other", others, key="classroom_other")]
    accuracies = [(run.outcome and run.outcome.test_accuracy) or 0.0 for run in (one, other)]
    if accuracies[0] == accuracies[1]:
        st.info("Both read as many: choose another one.")
        return None
    truth = int(np.argmax(accuracies))
    choices = (_named(one, other), _named(other, one))
    return Ready(Question("Which of these two reads more test images?", choices), lambda: truth)


def _named(run: Run, other: Run) -> str:
    """The run, and in a few words what sets it apart."""
    words = ", ".join(differences(run.config, other.config)[:2])
    named = f"{run.name} ({words})" if words and len(run.name) + len(words) < 55 else run.name
    return named[:60]


READY: dict[str, Callable[[], Ready | None]] = {
    "The first epoch": first_epoch,
    "The most confused pair": most_confused,
    "A shifted digit": shifted,
    "Our drawings": our_drawings,
    "Which one wins": which_wins,
}
