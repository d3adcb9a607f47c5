"""The wall: the class's newest drawings, each with what the chosen network reads, and what can be done with one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import streamlit as st

from cnnlab.classroom.lesson import lesson
from cnnlab.classroom.wall import Wall
from cnnlab.common.text import counted
from cnnlab.common.threads import one_thread
from cnnlab.data.drawing import classroom_set
from cnnlab.data.drawing.classroom_set import ClassroomSet
from cnnlab.errors import CnnlabError
from cnnlab.evaluation.predictions import Predictions, predict
from cnnlab.runs.store import Checkpoint
from cnnlab.ui import messages
from cnnlab.ui.cache import class_drawings, predictions_cache
from cnnlab.ui.classroom import drawing_wall
from cnnlab.ui.classroom.drawing_wall import WallTile
from cnnlab.ui.components import accuracy_pair
from cnnlab.ui.components.destinations import DRAW, destinations
from cnnlab.ui.state import presenting, shared_image
from cnnlab.ui.state.chosen_network import network
from cnnlab.ui.state.shared_image import SharedImage
from cnnlab.ui.state.visitor import may_change, reserved
from cnnlab.ui.wording import reads_drawings

PICKED = "classroom_picked"  # session-state key: the id of the drawing that was clicked
PROBLEM = "classroom_wall_problem"  # session-state key: what went wrong in a callback


def draw() -> None:
    """Draw the accuracies, what waits, the wall, and the buttons for the drawing that was clicked."""
    shown, drawings, wall = network(), class_drawings.read(), lesson.wall
    if not reads_drawings(shown):
        st.info(f"**{shown.run}** does not read drawn digits: choose another run in the sidebar.")
        return
    if problem := st.session_state.pop(PROBLEM, None):
        messages.problem(problem)
    places = wall.shown(drawings.ids)
    answers = _answers(shown, drawings, places)
    if answers and not answers.finite:
        st.warning(predictions_cache.ran_away(shown))
        return
    left, right = st.columns([3, 1.4], vertical_alignment="center")
    with right:
        _held_back(drawings, wall)
    if answers:
        _tiles(drawings, wall, places, answers)
    else:
        with presenting.main_view("wall"):
            st.info("The wall is empty: whatever phones send, and whatever is kept on the draw page, comes here.")
    with left, presenting.main_view("accuracies"):  # last: the first time, MNIST takes seconds
        accuracy_pair.draw("This wall", int(answers.right.sum()) if answers else 0, len(places), shown)


def _tiles(drawings: ClassroomSet, wall: Wall, places: Sequence[int], answers: Predictions) -> None:
    _buttons(drawings)
    tiles = [
        WallTile(
            drawings.ids[place],
            drawings.images[place],
            str(drawings.labels[place]),
            answers.classes[answers.predicted[number]],
            wall.sent.get(drawings.ids[place], drawings.names[place]),
        )
        for number, place in enumerate(places)
    ]
    with presenting.main_view("wall"):
        picked = drawing_wall.draw(tiles, "classroom_wall", st.session_state.get(PICKED))
    if picked is not None:
        st.session_state[PICKED] = None if picked == st.session_state.get(PICKED) else picked
        st.rerun(scope="fragment")


def _answers(shown: Checkpoint, drawings: ClassroomSet, places: Sequence[int]) -> Predictions | None:
    """What the network reads in the drawings that are shown; None where there are none."""
    if not places:
        return None
    with one_thread():
        return predict(shown.model, drawings.part(places).dataset())


def _held_back(drawings: ClassroomSet, wall: Wall) -> None:
    """The drawings that wait to be looked at, and those that were hidden."""
    waiting = [place for place, each in enumerate(drawings.ids) if each in wall.waiting]
    if waiting and may_change():
        with st.popover(f"{counted(len(waiting), 'drawing')} to look at", icon=":material/visibility:"):
            st.image(_strip(drawings.images[waiting[:20]]), width=420)
            ids = [drawings.ids[place] for place in waiting[:20]]
            reserved(
                st.button, "Show these", key="classroom_show", on_click=partial(_change, lambda w: w.show_waiting(ids))
            )
            reserved(st.button, "Remove these", key="classroom_remove_waiting", on_click=partial(_remove, *ids))
    if wall.hidden:
        reserved(
            st.button, f"Show the {counted(len(wall.hidden), 'hidden drawing')}", key="classroom_unhide",
            on_click=partial(_change, lambda w: w.show_hidden()),
        )  # fmt: skip


def _strip(images: np.ndarray) -> np.ndarray:
    """uint8 [N, 28, 28] beside and below each other, five in a row."""
    empty = np.zeros((-len(images) % 5, *images.shape[1:]), np.uint8)
    rows = np.concatenate([images, empty]).reshape(-1, 5, *images.shape[1:])
    return np.concatenate([np.concatenate(list(row), axis=1) for row in rows], axis=0)


def _buttons(drawings: ClassroomSet) -> None:
    """What can be done with the drawing that was clicked."""
    picked = st.session_state.get(PICKED)
    if picked not in drawings.ids:
        return
    place = drawings.ids.index(picked)
    with st.container(horizontal=True, gap="xsmall", key="classroom_buttons"):
        for destination in destinations():
            if st.button(
                destination.title.removeprefix("the ").capitalize(),
                key=f"classroom_to_{destination.icon}",
                icon=f":material/{destination.icon}:",
            ):
                shared_image.keep_drawing(drawings.images[place])
                shared_image.send(SharedImage(drawings.images[place][None], "a drawing of the class"))
                if destination.page == DRAW:
                    shared_image.show_on_draw_page()
                st.switch_page(destination.page)
        hide = partial(_change, lambda wall: wall.hide(picked))
        reserved(st.button, "Hide", key="classroom_hide", icon=":material/visibility_off:", on_click=hide)
        reserved(
            st.button, "Remove", key="classroom_remove", icon=":material/delete:", on_click=partial(_remove, picked)
        )


def _change(change: Callable[[Wall], Wall]) -> None:
    lesson.change_wall(change)


def _remove(*ids: str) -> None:
    try:
        classroom_set.remove(*ids)
    except CnnlabError as error:
        st.session_state[PROBLEM] = str(error)
        return
    lesson.change_wall(lambda wall: wall.show_waiting(ids))
