"""One image, moved: the answer, the map of all offsets, and what every layer makes of it."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.charts import offset_maps
from cnnlab.charts.answer import answer
from cnnlab.charts.mosaic import Mosaic
from cnnlab.common.background import OnProgress
from cnnlab.evaluation import shifts
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import forward_pass
from cnnlab.ui.components import answer_bars, film_maker, image_chooser, pixel_grid
from cnnlab.ui.shift import measurements
from cnnlab.ui.shift.example import START_IMAGE
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import whole
from cnnlab.ui.state.shared_image import SharedImage
from cnnlab.ui.wording import thing

START = (-3, 0)  # A3's experiment
MAPS = 8  # of each layer: more cannot be told apart from the back row


def draw(network: Checkpoint) -> None:
    """Draw the widgets, the answer and the pictures."""
    offset = whole(-shifts.FURTHEST, shifts.FURTHEST)
    address.remember("dx", "shift_dx", offset, START[0])
    address.remember("dy", "shift_dy", offset, START[1])
    image = image_chooser.draw(network, START_IMAGE)
    with presenting.main_view("sentence"):
        headline = st.empty()
    map_place, digit_place, answer_place = st.columns([1.55, 0.8, 1.25], gap="medium")
    with answer_place:
        dx, dy = _sliders()
        fill = measurements.fill_control()
    moved, still = (
        shifts.moved(image.image, *offset, fill=fill, reach=shifts.FURTHEST) for offset in ((dx, dy), (0, 0))
    )
    before, after = forward_pass.read(network, still), forward_pass.read(network, moved)
    asked = asked_of(network, image, fill)
    probabilities = measurements.probability_map(network, image.image, asked, fill)
    name, words = network.classes[asked], shifts.in_words(dx, dy)
    headline.subheader(_sentence(network, image.caption, words, before.probabilities, after.probabilities))
    with map_place, presenting.main_view("map"):
        inked = thing(network) == "digit"
        pixel_grid.draw(map_of(network, image, fill, (dx, dy)), "shift_offset_map", _pick)
        st.markdown(_map_sentence(probabilities, name, fill, inked))
    with map_place:
        film_maker.draw(_film(image, fill, (dx, dy)))
    with digit_place, presenting.main_view("digit"):
        pixel_grid.draw(offset_maps.before_and_after(still / 255, moved / 255, f"after: {words}"), "shift_moved_digit")
        st.markdown(_loss(image.image, dx, dy, fill, inked))
    with answer_place, presenting.main_view("answer"):
        answer_bars.draw(answer(after.probabilities.tolist(), network.classes, moved), "shift_answer")
    if before.layers:
        st.subheader("What each layer makes of it")
        first, later = dict(before.layers), dict(after.layers)
        for picture, place in zip(
            offset_maps.maps_before_and_after(first, later, MAPS), _places(len(first)), strict=True
        ):
            with place:
                st.markdown(f"**{picture.label}**")
                pixel_grid.draw(picture, f"shift_maps_{picture.label}")


def asked_of(network: Checkpoint, image: SharedImage, fill: str) -> int:
    """The class whose probability is mapped: what the image is, else what it is read as where it is."""
    if image.label is not None:
        return image.label
    still = shifts.moved(image.image, 0, 0, fill=fill, reach=shifts.FURTHEST)
    return int(forward_pass.read(network, still).probabilities.argmax())


def map_of(network: Checkpoint, image: SharedImage, fill: str, offset: tuple[int, int]) -> Mosaic:
    """The map of all offsets, the one (dx, dy) marked."""
    asked = asked_of(network, image, fill)
    framed = fill != shifts.PAD and thing(network) == "digit"
    left, right, up, down = map(int, shifts.room(image.image[None])[0])
    return offset_maps.offset_map(
        measurements.probability_map(network, image.image, asked, fill),
        f"P({network.classes[asked]})",
        offset_maps.ONE_MAP,
        chosen=offset,
        safe=(left, right, up, down) if framed else None,
    )


def _film(image: SharedImage, fill: str, offset: tuple[int, int]) -> film_maker.Subject:
    def picture_of(network: Checkpoint, _on_progress: OnProgress) -> Mosaic:
        return map_of(network, image, fill, offset)

    settings = (image.image.tobytes(), image.label, fill, offset)
    return film_maker.Subject(f"{image.caption} at every offset", "shift", settings, picture_of)


def _places(count: int) -> list[DeltaGenerator]:
    """A place for each of `count` layers: two side by side, further ones below."""
    return [column for _ in range((count + 1) // 2) for column in st.columns(2)][:count]


def _sliders() -> tuple[int, int]:
    """Draw the sliders of the offset; return it, (dx, dy) in pixels."""
    far = shifts.FURTHEST
    across, down = st.columns(2)
    return (
        across.slider("Right (−: left)", -far, far, key="shift_dx", format="%d px"),
        down.slider("Down (−: up)", -far, far, key="shift_dy", format="%d px"),
    )


def _pick(cell: pixel_grid.Picked) -> None:
    """Move the digit to the clicked offset."""
    st.session_state.shift_dx, st.session_state.shift_dy = cell.col - shifts.FURTHEST, cell.row - shifts.FURTHEST


def _sentence(network: Checkpoint, caption: str, words: str, before: np.ndarray, after: np.ndarray) -> str:
    """What is read after the move `words`; before, after: class probabilities [K]."""
    first, now = int(before.argmax()), int(after.argmax())
    start = f"{caption[0].upper()}{caption[1:]}, {words}, is"
    unmoved = f"unmoved: {before[first]:.1%}"
    if first == now:
        return f"{start} still read as {network.classes[now]}, {after[now]:.1%} sure ({unmoved})."
    return f"{start} read as {network.classes[now]}, {after[now]:.1%} sure; unmoved, it was {network.classes[first]}."


def _map_sentence(probabilities: np.ndarray, name: str, fill: str, inked: bool) -> str:
    sure = int((probabilities > 0.5).sum())
    edge = {
        shifts.ZERO: " Outside the blue frame ink is lost.",
        shifts.CIRCULAR: " Outside the blue frame ink comes back on the other side.",
        shifts.PAD: " No ink is lost; the digit is drawn half as large.",
    }
    if not inked:
        edge = {shifts.ZERO: " What leaves the frame is lost, black follows.", shifts.CIRCULAR: "", shifts.PAD: ""}
    return f"Click an offset. At **{sure} of {probabilities.size}**, P({name}) is above 50 %.{edge[fill]}"


def _loss(image: np.ndarray, dx: int, dy: int, fill: str, inked: bool) -> str:
    """How much of the uint8 image [C, H, W] leaves the frame: of its ink where it is `inked`, else of its area."""
    if fill != shifts.ZERO:
        return ""
    if not inked:
        height, width = image.shape[1:]
        kept = max(0, height - abs(dy)) * max(0, width - abs(dx)) / (height * width)
        return f"{1 - kept:.0%} of it left the frame." if kept < 1 else "Nothing is lost."
    lost = 1 - shifts.moved(image, dx, dy).sum(dtype=int) / max(1, image.sum(dtype=int))
    return f"{lost:.0%} of its ink left the frame." if lost else "No ink is lost."
