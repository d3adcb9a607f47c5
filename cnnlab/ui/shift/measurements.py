"""What shifts and other disturbances do to networks, worked out once and shared by all tabs."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.common.background import OnProgress, process_queue
from cnnlab.errors import CnnlabError
from cnnlab.evaluation import shifts
from cnnlab.evaluation.corruptions import CORRUPTIONS, Answers, measure
from cnnlab.evaluation.evaluation_set import EvaluationSet, spread
from cnnlab.evaluation.shifts import Sweep
from cnnlab.evaluation.sweeps import Sweeps
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import predictions_cache
from cnnlab.ui.state.chosen_network import choice
from cnnlab.ui.state.persistent_widgets import remember

REACH = 8  # of the sweeps over the test set
FEW, ALL = "2,000 images", "All images"
COUNTS = {FEW: 2_000, ALL: 10**9}
FILLS = {shifts.ZERO: "black", shifts.CIRCULAR: "circular", shifts.PAD: "larger canvas"}
POLL_SECONDS = 0.5


@st.cache_resource
def sweeps() -> Sweeps:
    """The process's sweeps."""
    return Sweeps(process_queue())


def probability_map(network: Checkpoint, image: np.ndarray, label: int, fill: str) -> np.ndarray:
    """P(class `label`) of one uint8 image [C, H, W] at every offset up to shift.FURTHEST, an offset map."""
    return _probability_map(network.digest, image.tobytes(), image.shape, label, fill, network.model)


@st.cache_data(max_entries=128, show_spinner=False)
def _probability_map(digest: str, content: bytes, shape: tuple, label: int, fill: str, _model) -> np.ndarray:
    image = np.frombuffer(content, np.uint8).reshape(shape).copy()
    return shifts.probability_map(_model, image, label, shifts.FURTHEST, fill)


def fill_control() -> str:
    """Draw the choice of what follows when an image moves; return the fill."""
    remember(shift_fill=shifts.ZERO)
    return st.segmented_control(
        "What follows", list(FILLS), key="shift_fill", format_func=FILLS.get, required=True, help=_fills()
    )


def count_control() -> int:
    """Draw the choice of how many test images; return the number."""
    remember(shift_count=FEW)
    return COUNTS[st.segmented_control("Measured on", list(COUNTS), key="shift_count", required=True)]


def _fills() -> str:
    return " ".join(f"**{FILLS[fill]}**: {what}." for fill, what in shifts.FILLS.items())


class Request:
    """A sweep over shifts of one network; the key tells it from every other."""

    kind = Sweep

    def __init__(self, network: Checkpoint, count: int, fill: str):
        self.network, self.fill = network, fill
        self.images = _own_test(network)
        self.count = min(count, len(self.images))
        self.key = (network.digest, self.images.key, self.count, "shift", REACH, fill)

    def work(self, on_progress: OnProgress) -> Sweep:
        """Runs in the background."""
        images, labels = _part(self.images, self.count)
        return shifts.sweep(self.network.model, images, labels, REACH, self.fill, on_progress)


class Disturbed:
    """As Request, for one of the other disturbances."""

    kind = Answers

    def __init__(self, network: Checkpoint, count: int, name: str):
        self.network, self.name = network, name
        self.images = _own_test(network)
        self.count = min(count, len(self.images))
        levels = CORRUPTIONS[name].levels
        self.key = (network.digest, self.images.key, self.count, name, levels)

    def work(self, on_progress: OnProgress) -> Answers:
        """Runs in the background."""
        images, labels = _part(self.images, self.count)
        return measure(self.network.model, images, labels, CORRUPTIONS[self.name], on_progress)


def finished(wanted: list, button: str | None) -> list:
    """The results of the sweeps `wanted`, None for those not done; for these a button, or progress and Cancel.

    button: what the button says; None starts them at once.
    """
    results = [sweeps().result(each.key, each.kind) for each in wanted]
    missing = [each for each, result in zip(wanted, results, strict=True) if result is None]
    for each in wanted:
        if problem := sweeps().error(each.key):
            st.error(problem)
    if not missing:
        return results
    if choice().live:
        st.info("While training is followed live nothing is measured: the network changes all the time.")
        return results
    if any(sweeps().progress(each.key) for each in missing):
        st.fragment(_progress, run_every=POLL_SECONDS)(missing)
    elif button is None and not any(sweeps().error(each.key) for each in missing):
        _start(missing)
        st.fragment(_progress, run_every=POLL_SECONDS)(missing)
    else:
        st.button(button or "Measure", type="primary", key=f"shift_start_{button}", on_click=_start, args=(missing,))
    return results


def _start(missing: list) -> None:
    for each in missing:
        sweeps().request(each.key, each.work)


def _progress(missing: list) -> None:
    under_way = [sweeps().progress(each.key) for each in missing]
    if not any(under_way):
        st.rerun()
    left = [share for share in under_way if share is not None]
    done = (len(missing) - len(left) + sum(share for share, _ in left)) / len(missing)
    bar, stop = st.columns([5, 1], vertical_alignment="center")
    bar.progress(min(done, 1.0), f"Measuring: {done:.0%}")
    if stop.button("Cancel", icon=":material/close:", key="shift_cancel", width="stretch"):
        for each in missing:
            sweeps().cancel(each.key)
        st.rerun()


def _own_test(network: Checkpoint) -> EvaluationSet:
    return predictions_cache.sets_for(network)[0]


def _part(images: EvaluationSet, count: int) -> tuple:
    chosen = spread(len(images), count)
    if not len(chosen):
        raise CnnlabError("There are no test images.")
    return images.data.images[chosen], images.data.labels[chosen]
