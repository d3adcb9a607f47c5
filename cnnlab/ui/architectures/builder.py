"""A custom network, put together layer by layer; every change is checked and drawn at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.charts import block_diagram
from cnnlab.charts.palette import PAPER
from cnnlab.common.text import dimensions
from cnnlab.data import datasets
from cnnlab.errors import CnnlabError
from cnnlab.models import custom_store
from cnnlab.models.build import layer_specs
from cnnlab.models.build.templates import TEMPLATES
from cnnlab.models.options import Number, Option, Whole, Word
from cnnlab.ui import messages
from cnnlab.ui.architectures import diagram, known_networks, network_code, one_network
from cnnlab.ui.components import block_picture
from cnnlab.ui.components.required_choice import from_list
from cnnlab.ui.state import draft_config, presenting, theme
from cnnlab.ui.state.persistent_widgets import remember
from cnnlab.ui.state.visitor import reserved

LAYERS, NAME, START = "architectures_layers", "architectures_name", "architectures_start"
COUNT, ADD = "architectures_count", "architectures_add"
IMAGES = "architectures_images"  # the data set whose images the layers must fit
REFUSED = "architectures_refused"  # session-state key: why the network could not be saved
WIDTHS = [0.4, 2.4, 1.2, 1.2, 1.2, 1.2, 1.6, 0.5, 0.5, 0.5]  # of the columns in a layer's row
FIELDS_AT, SHAPE_AT, BUTTONS_AT = 2, 6, 7  # the first of these columns
IN_SIGHT = "architectures_picture"
STICKY = f"""<style>
div:has(> .st-key-{IN_SIGHT}) {{ position: sticky; top: 0; z-index: 20; background: %s; padding-top: 0.6rem; }}
</style>"""


def draw() -> None:
    """Draw the view of a custom network."""
    if LAYERS not in st.session_state:
        _take(TEMPLATES["Two convolutions"])
    remember(**{NAME: "my-net", START: next(iter(TEMPLATES)), IMAGES: datasets.specs()[0].name})
    shape, classes = _images(_start_row())
    listed = [layer for _, layer in st.session_state[LAYERS]]
    shapes, problem = layer_specs.fit(listed, shape)
    fitting = listed[: len(shapes)]
    found = known_networks.of(custom_store.CUSTOM, json.dumps({"layers": fitting}), shape, classes)
    with st.container(key=IN_SIGHT), presenting.main_view("blocks"):
        if problem:
            messages.problem(problem)
        else:
            st.subheader(f"Every layer fits: {one_network.totals(found)}")
        (picture,), scale, width = diagram.laid_out([diagram.picture(found)])
        svg = block_diagram.svg(picture, scale, "The blocks of your network", width=width)
        block_picture.draw(svg, "architectures_blocks")
    st.html(STICKY % PAPER[theme.dark()])
    st.caption("The normalisation at the start and the last linear layer, to the classes, are added by themselves.")
    _rows(listed, shapes)
    _save(listed, problem)
    if not problem:
        options = {"layers": listed}
        network_code.show(
            "your-network", custom_store.CUSTOM, options, "architectures_built_code", st.session_state[IMAGES]
        )


def _start_row() -> DeltaGenerator:
    """Draw what to start from, a template or a custom network; return the place beside it."""
    custom = [each.name for each in custom_store.choices()[0] if each.network == custom_store.CUSTOM]
    starts = [*TEMPLATES, *custom]
    if st.session_state[START] not in starts:
        st.session_state[START] = starts[0]
    choose, take, forget, beside = st.columns([2.4, 1.2, 1.2, 2.2], vertical_alignment="bottom")
    start = from_list(choose, "Start from", starts, key=START)
    take.button("Take it", icon=":material/content_copy:", on_click=_start, args=(start,), width="stretch")
    if start in custom:
        delete = partial(custom_store.delete, start)
        reserved(forget.button, "Delete it", icon=":material/delete:", on_click=delete, width="stretch")
    return beside


def _images(place: DeltaGenerator) -> tuple[tuple[int, int, int], int]:
    """Draw the choice of the data set that the network is for; return (shape of its images, classes)."""
    names = datasets.names()
    if st.session_state[IMAGES] not in names:
        st.session_state[IMAGES] = names[0]
    name = from_list(place, "For the images of", names, key=IMAGES, format_func=lambda name: datasets.spec(name).title)
    try:
        return datasets.images_of(name)
    except CnnlabError as error:
        return messages.refuse(error)


def _start(name: str) -> None:
    if name in TEMPLATES:
        _take(TEMPLATES[name])
        return
    try:
        _take(custom_store.load(name))
    except CnnlabError:
        return  # its file was deleted meanwhile: the list of names no longer has it
    st.session_state[NAME] = name


def _take(listed: Any) -> None:
    st.session_state[LAYERS] = [(_number(), layer) for layer in layer_specs.checked(listed)]


def _number() -> int:
    """A number that no layer of this tab had before: the keys of its widgets contain it."""
    st.session_state[COUNT] = st.session_state.get(COUNT, 0) + 1
    return st.session_state[COUNT]


def _rows(listed: list[dict[str, Any]], shapes: list[layer_specs.Shape]) -> None:
    """Draw a row for every layer, and the kinds of layers that can be added."""
    last = len(listed) - 1
    for place, (number, layer) in enumerate(st.session_state[LAYERS]):
        columns = st.columns(WIDTHS, vertical_alignment="bottom")
        kind = layer_specs.KINDS[layer["kind"]]
        columns[0].markdown(f"**{place + 1}**")
        columns[1].markdown(f"**{kind.title}**")
        for at, field in enumerate(kind.fields, FIELDS_AT):
            _field(columns[at], field, number, layer)
        if place < len(shapes):
            columns[SHAPE_AT].markdown("→ " + dimensions(shapes[place]))
        elif place == len(shapes):
            columns[SHAPE_AT].markdown(":red[**does not fit**]")
        buttons: list[tuple[str, str, Callable[..., None], tuple[int, ...], bool]] = [
            ("arrow_upward", "up", _swap, (place, place - 1), place == 0),
            ("arrow_downward", "down", _swap, (place, place + 1), place == last),
            ("close", "away", _remove, (place,), False),
        ]
        for column, (icon, what, action, args, off) in zip(columns[BUTTONS_AT:], buttons, strict=True):
            column.button(
                "",
                icon=f":material/{icon}:",
                key=f"architectures_layer_{number}_{what}",
                help=f"Layer {place + 1} {what}",
                on_click=action,
                args=args,
                disabled=off,
                type="tertiary",
            )
    st.pills(
        "Add a layer",
        list(layer_specs.KINDS),
        key=ADD,
        on_change=_add,
        format_func=lambda k: layer_specs.KINDS[k].title,
    )


def _field(place: DeltaGenerator, field: Option, number: int, layer: dict[str, Any]) -> None:
    """Draw the widget of one field of layer `number`; what is typed goes into the layer."""
    name, key = field.name, f"architectures_layer_{number}_{field.name}"
    st.session_state.setdefault(key, layer[name])
    args = (number, name, key)
    if isinstance(field, Word):
        place.selectbox(name, field.words, key=key, on_change=_set, args=args)
    elif isinstance(field, Number):
        low, high = float(field.low), float(field.high)
        place.number_input(name, low, high, step=0.05, format="%g", key=key, on_change=_set, args=args)
    elif isinstance(field, Whole):
        place.number_input(name, field.low, field.high, key=key, on_change=_set, args=args)


def _set(number: int, name: str, key: str) -> None:
    st.session_state[LAYERS] = [
        (each, {**layer, name: st.session_state[key]} if each == number else layer)
        for each, layer in st.session_state[LAYERS]
    ]


def _swap(place: int, other: int) -> None:
    listed = list(st.session_state[LAYERS])
    listed[place], listed[other] = listed[other], listed[place]
    st.session_state[LAYERS] = listed


def _remove(place: int) -> None:
    st.session_state[LAYERS] = [each for at, each in enumerate(st.session_state[LAYERS]) if at != place]


def _add() -> None:
    kind = st.session_state[ADD]
    if kind:
        st.session_state[LAYERS] = [*st.session_state[LAYERS], (_number(), layer_specs.checked([{"kind": kind}])[0])]
    st.session_state[ADD] = None  # a button that lies among others, not a choice that stays


def _save(listed: list[dict[str, Any]], problem: str | None) -> None:
    """Draw the row that saves the network under a name, and goes on to train it."""
    place, save, train, _ = st.columns([2.4, 1.2, 1.2, 2.2], vertical_alignment="bottom")
    name = place.text_input("Name", key=NAME, max_chars=30)
    kept = _kept(name)
    reserved(
        save.button,
        "Replace" if kept is not None and kept != listed else "Save",
        icon=":material/save:",
        type="primary",
        key="architectures_save",
        disabled=bool(problem) or kept == listed,
        on_click=_keep,
        args=(name, listed),
        width="stretch",
    )
    if train.button("Train it", icon=":material/play_arrow:", disabled=kept != listed, width="stretch"):
        draft_config.propose(custom_store.choice(name), st.session_state[IMAGES])
        st.switch_page("pages/train.py")
    if refused := st.session_state.pop(REFUSED, None):
        messages.problem(refused)
    if kept == listed:
        st.markdown(f"**{name}** is saved: it is among the networks of the training page, and of this one.")


def _kept(name: str) -> list[dict[str, Any]] | None:
    """The layers saved under this name, None where there are none."""
    try:
        return custom_store.load(name)
    except CnnlabError:
        return None


def _keep(name: str, listed: list[dict[str, Any]]) -> None:
    try:
        custom_store.save(name, listed)
    except CnnlabError as error:
        st.session_state[REFUSED] = str(error)
