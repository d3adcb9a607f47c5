"""How shifts and other corruptions change a network's answers, worked out once and shared by all tabs."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import streamlit as st
from torch import Tensor, nn

from cnnlab.charts import offset_maps
from cnnlab.common.background import OnProgress, process_queue
from cnnlab.errors import CnnlabError
from cnnlab.evaluation import shifts
from cnnlab.evaluation.corruptions import CORRUPTIONS, Answers, measure
from cnnlab.evaluation.evaluation_set import EvaluationSet, spread
from cnnlab.evaluation.shifts import Sweep
from cnnlab.evaluation.sweeps import Sweeps
from cnnlab.runs.store import Checkpoint
from cnnlab.training.results import duration
from cnnlab.ui import messages
from cnnlab.ui.cache import bounded, predictions_cache
from cnnlab.ui.components import pixel_grid
from cnnlab.ui.components.required_choice import required
from cnnlab.ui.state import address, visitor
from cnnlab.ui.state.address_kinds import one_of
from cnnlab.ui.state.chosen_network import choice

REACH = 8  # pixels: how far the sweeps over the test set go
FEW, ALL = "2,000 images", "All images"
COUNTS = {FEW: 2_000, ALL: 10**9}  # images, at most
FILLS = {shifts.ZERO: "black", shifts.CIRCULAR: "circular", shifts.PAD: "larger canvas"}
POLL_SECONDS = 0.5
Result = TypeVar("Result")


@st.cache_resource
def sweeps() -> Sweeps:
    """The process's sweeps."""
    return Sweeps(process_queue())


def probability_map(network: Checkpoint, image: np.ndarray, label: int, fill: str) -> np.ndarray:
    """P(class `label`) of one uint8 image [C, H, W] at every offset up to shifts.FURTHEST, an offset map, 0..1."""
    model = network.model
    return _probability_map(network.digest, image.tobytes(), image.shape, label=label, fill=fill, _model=model)


@bounded.kept()
def _probability_map(
    digest: str, content: bytes, shape: tuple[int, ...], label: int, fill: str, _model: nn.Module
) -> np.ndarray:
    image = np.frombuffer(content, np.uint8).reshape(shape).copy()
    return shifts.probability_map(_model, image, label, reach=shifts.FURTHEST, fill=fill)


def fill_control() -> str:
    """Draw the choice of what follows when an image moves; return the fill."""
    address.remember("fill", "shift_fill", one_of(FILLS), shifts.ZERO)
    return required(
        st.segmented_control(
            "What follows", list(FILLS), key="shift_fill", format_func=FILLS.__getitem__, required=True, help=_fills()
        )
    )


def count_control() -> int:
    """Draw the choice of how many test images are used; return the number."""
    address.remember("on", "shift_count", one_of(COUNTS), FEW)
    return COUNTS[required(st.segmented_control("Measured on", list(COUNTS), key="shift_count", required=True))]


def _fills() -> str:
    return " ".join(f"**{FILLS[fill]}**: {what}." for fill, what in shifts.FILLS.items())


@dataclass(frozen=True)
class Measurement(Generic[Result]):
    """Something to measure on `count` test images. key: tells it from every other; work: runs in the background."""

    count: int
    kind: type[Result]
    key: tuple[Hashable, ...]
    work: Callable[[OnProgress], Result]


def of_shifts(network: Checkpoint, count: int, fill: str) -> Measurement[Sweep]:
    """What `network` answers to at most `count` test images at every offset up to REACH."""
    images = predictions_cache.sets_for(network)[0]
    count = min(count, len(images))
    key = shifts.sweep_key(network.digest, images.key, count, REACH, fill)

    def work(on_progress: OnProgress) -> Sweep:
        taken, labels = _spread(images, count)
        return shifts.sweep(
            network.model,
            taken,
            labels,
            reach=REACH,
            fill=fill,
            on_progress=on_progress,
            on_map=lambda accuracy: sweeps().note(key, accuracy),
        )

    return Measurement(count, Sweep, key, work)


def swept(network: Checkpoint, count: int, fill: str, on_progress: OnProgress) -> Sweep:
    """As of_shifts, measured at once where it is not yet, and kept; for work in the background."""
    wanted = of_shifts(network, count, fill)
    if (done := sweeps().result(wanted.key, wanted.kind)) is not None:
        return done
    found = wanted.work(on_progress)
    sweeps().put(wanted.key, found)
    return found


def of_corruption(network: Checkpoint, count: int, name: str) -> Measurement[Answers]:
    """What `network` answers to at most `count` test images at every level of the corruption `name`."""
    images = predictions_cache.sets_for(network)[0]
    count = min(count, len(images))
    corruption = CORRUPTIONS[name]

    def work(on_progress: OnProgress) -> Answers:
        taken, labels = _spread(images, count)
        return measure(network.model, taken, labels, corruption, on_progress)

    return Measurement(count, Answers, (network.digest, images.key, count, name, corruption.levels), work)


def _spread(images: EvaluationSet, count: int) -> tuple[Tensor, Tensor]:
    """(images, labels) of `count` test images, evenly spread. Raises CnnlabError where there are none."""
    chosen = spread(len(images), count)
    if not len(chosen):
        raise CnnlabError("There are no test images.")
    return images.data.images[chosen], images.data.labels[chosen]


def finished(wanted: Sequence[Measurement[Result]], button: str | None) -> list[Result | None]:
    """The results of the measurements `wanted`, None for unfinished ones.

    For these a button that says `button` is drawn, or their progress with Cancel. Without a button they start at once.
    """
    results = [sweeps().result(each.key, each.kind) for each in wanted]
    missing = [each for each, result in zip(wanted, results, strict=True) if result is None]
    for each in wanted:
        if problem := sweeps().error(each.key):
            messages.problem(problem)
    if not missing:
        return results
    if choice().live:
        st.info("While training is followed live nothing is measured: the network changes all the time.")
        return results
    if any(sweeps().progress(each.key) for each in missing):
        st.fragment(_progress, run_every=POLL_SECONDS)(missing)
    elif button is None and visitor.may_change() and not any(sweeps().error(each.key) for each in missing):
        _start(missing)
        st.fragment(_progress, run_every=POLL_SECONDS)(missing)
    else:
        word, key = button or "Measure", f"shift_start_{button}"
        visitor.reserved(st.button, word, type="primary", key=key, on_click=_start, args=(missing,))
    return results


def _start(missing: Sequence[Measurement[Any]]) -> None:
    for each in missing:
        sweeps().request(each.key, each.work)


def _progress(missing: Sequence[Measurement[Any]]) -> None:
    under_way = [sweeps().progress(each.key) for each in missing]
    if not any(under_way):
        st.rerun()
    left = [each for each in under_way if each is not None]
    done = (len(missing) - len(left) + sum(fraction for fraction, _ in left)) / len(missing)
    bar, stop = st.columns([5, 1], vertical_alignment="center")
    bar.progress(min(done, 1.0), f"Measuring: {done:.0%}{_time_left(missing)}")
    if visitor.reserved(stop.button, "Cancel", icon=":material/close:", key="shift_cancel", width="stretch"):
        for each in missing:
            sweeps().cancel(each.key)
        st.rerun()
    for each in missing:
        if (found := sweeps().so_far(each.key)) is not None:
            pixel_grid.draw(
                offset_maps.offset_map(found, "read right so far", "The map as it fills", height=300), "shift_filling"
            )


def _time_left(missing: Sequence[Measurement[Any]]) -> str:
    """To the end of them all, those that wait taken to last as long as the one that runs."""
    for each in missing:
        left, progress = sweeps().seconds_left(each.key), sweeps().progress(each.key)
        if left is not None and progress and progress[0] < 1:
            waiting = sum(sweeps().waits(other.key) for other in missing)
            return f" · {duration(left + waiting * left / (1 - progress[0]))} left"
    return ""
