"""What a stroke changes on the drawing page: canvas, answer, preparation and layers."""

from __future__ import annotations

import streamlit as st

from cnnlab.charts.answer import answer
from cnnlab.charts.drawing_strips import preparation
from cnnlab.data.drawing.preprocessing import Prepared, Steps, prepare
from cnnlab.models.families.ensemble_net import NAME as ENSEMBLE
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import inspection
from cnnlab.ui.components import answer_bars, member_answers, pinned_drawing, pixel_grid
from cnnlab.ui.draw import canvas, doubt, kept_drawings, layers, live_reader, pen_follower, why
from cnnlab.ui.state import address, presenting, shared_image
from cnnlab.ui.state.address_kinds import some_of
from cnnlab.ui.state.chosen_network import choice, network
from cnnlab.ui.wording import reads_drawings, size

LIVE_SECONDS = 0.5
STEPS = {"crop": "crop", "thicken": "even stroke", "scale": "scale", "centre": "centre"}


def read() -> None:
    """Draw everything that a stroke changes; runs again by itself while training is followed."""
    if choice().run and not reads_drawings(model := network()):
        st.info(
            f"**{model.run}** reads {size(model.image_shape)}, of {len(model.classes)} classes "
            f"({', '.join(model.classes[:3])} …): choose a run for the ten digits to draw for it."
        )
        return
    left, right = st.columns([1, 1.2], gap="large")
    with left:
        ink = canvas.ink()
        if choice().run:
            pen_follower.follow(canvas.FRAME, live_reader.reader(choice(), chosen_steps()), canvas.take_back)
    model, probabilities = network(), None
    prepared = prepare(ink, chosen_steps()) if ink is not None else None
    image = prepared.image if prepared else None
    shared_image.keep_drawing(image)
    with right, presenting.main_view("answer"), st.container(key="draw_prediction"):
        if image is None:
            sentence = prepared.problem if prepared else "The answer moves while you draw."
            shown = {"title": live_reader.TITLE, "sentence": sentence}
        else:
            # a pass of its own: the one that also keeps every layer, for the strip below, would delay the answer
            probabilities = inspection.probabilities(model, image[None]).tolist()
            shown = answer(probabilities, model.classes, image)
        answer_bars.draw(
            shown,
            "draw_answer",
            picture=True,
            follows=pen_follower.NAME,
            chosen=why.chosen(),
            on_pick=None if model.config.network == ENSEMBLE else why.pick,
        )
    with right:
        place = st.container(key="draw_doubt")
        kept_drawings.keep(image)
        pinned_drawing.controls(image)
    if prepared:
        inside(prepared, model)
    if image is not None and probabilities and not choice().live:  # in training, what is usual changes by the second
        with place:  # last, as the first drawing waits for the validation images to be read
            doubt.draw(model, image[None], probabilities)


def chosen_steps() -> Steps:
    """The steps of the preparation that are switched on."""
    address.remember("steps", "draw_steps", some_of(STEPS), list(STEPS))
    on = st.session_state.draw_steps
    return Steps(**{step: step in on for step in STEPS})


def inside(prepared: Prepared, model: Checkpoint) -> None:
    """Draw how the drawing was prepared, and what every layer makes of it."""
    if prepared.image is not None and model.config.network != ENSEMBLE:
        why.draw(model, prepared.image[None])
    st.subheader("What the network is given")
    st.pills(
        "Steps",
        list(STEPS),
        selection_mode="multi",
        key="draw_steps",
        format_func=STEPS.__getitem__,
        label_visibility="collapsed",
        help="Switch a step off and see what it was good for.",
    )
    pixel_grid.draw(preparation(prepared.stages), key="draw_preparation")
    if prepared.image is not None:
        if members := inspection.members(model, prepared.image[None]):
            st.subheader("What each member says")
            member_answers.draw(model, members)
            return
        st.subheader("What every layer makes of it")
        pixel_grid.draw(layers.strip(model, prepared.image[None]), key="draw_layers", follows=pen_follower.NAME)
