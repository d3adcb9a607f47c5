"""Putting a network together, layer by layer; every change is checked and drawn at once."""

from __future__ import annotations

import json
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
from cnnlab.models.options import Number, Option, Word
from cnnlab.ui.architectures import diagram, known_networks, one_network
from cnnlab.ui.cache import loaders
from cnnlab.ui.components import block_picture
from cnnlab.ui.state import draft_config, theme
from cnnlab.ui.state.persistent_widgets import remember

LAYERS, NAME, START = "architectures_layers", "architectures_name", "architectures_start"
COUNT, ADD = "architectures_count", "architectures_add"
IMAGES = "architectures_images"  # the data set whose images the layers must fit
SAVED = "architectures_saved"  # what the last click on the button came to
WIDTHS = [0.4, 2.4, 1.2, 1.2, 1.2, 1.2, 1.6, 0.5, 0.5, 0.5]
FIELDS_AT = 2
IN_SIGHT = "architectures_picture"
STAYS = f"""<style>
div:has(> .st-key-{IN_SIGHT}) {{ position: sticky; top: 0; z-index: 20; background: %s; padding-top: 0.6rem; }}
</style>"""


def draw() -> None:
    """The view."""
    if LAYERS not in st.session_state:
        _take(TEMPLATES["Two convolutions"])
    remember(**{NAME: "my-net", START: next(iter(TEMPLATES)), IMAGES: datasets.specs()[0].name})
    shape, classes = _images(_files())
    listed = [layer for _, layer in st.session_state[LAYERS]]
    shapes, problem = layer_specs.fit(listed, shape)
    fitting = listed[: len(shapes)]
    found = known_networks.of(custom_store.CUSTOM, json.dumps({"layers": fitting}), shape, classes)
    with st.container(key=IN_SIGHT):
        if problem:
            st.error(problem, icon=":material/error:")
        else:
            st.subheader(f"Every layer fits: {one_network.totals(found)}")
        picture = diagram.picture(found)
        block_picture.draw(
            block_diagram.svg(picture, block_diagram.ruler([picture]), "The blocks of your network"),
            "architectures_blocks",
        )
    st.html(STAYS % PAPER[theme.dark()])
    st.caption("The normalisation at the start and the last linear layer, to the classes, are added by themselves.")
    _rows(listed, shapes)
    _save(listed, problem)


def _files() -> DeltaGenerator:
    """Where to start from: a template, or one of one's own networks. Return the place beside it."""
    mine = [each.name for each in custom_store.choices()[0] if each.network == custom_store.CUSTOM]
    starts = [*TEMPLATES, *mine]
    if st.session_state[START] not in starts:
        st.session_state[START] = starts[0]
    choose, take, forget, beside = st.columns([2.4, 1.2, 1.2, 2.2], vertical_alignment="bottom")
    start = choose.selectbox("Start from", starts, key=START)
    take.button("Take it", icon=":material/content_copy:", on_click=_start, args=(start,), width="stretch")
    if start in mine:
        forget.button(
            "Delete it", icon=":material/delete:", on_click=custom_store.delete, args=(start,), width="stretch"
        )
    return beside


def _images(place: DeltaGenerator) -> tuple[layer_specs.Shape, int]:
    """The choice of the data set that the network is for: (shape of its images, classes)."""
    names = datasets.names()
    if st.session_state[IMAGES] not in names:
        st.session_state[IMAGES] = names[0]
    name = place.selectbox("For the images of", names, key=IMAGES, format_func=lambda name: datasets.spec(name).title)
    try:
        return datasets.images_of(name)
    except CnnlabError as error:
        return loaders.refuse(error)


def _start(name: str) -> None:
    if name in TEMPLATES:
        _take(TEMPLATES[name])
        return
    try:
        _take(custom_store.load(name))
    except CnnlabError:
        return  # gone meanwhile: the list of names no longer has it
    st.session_state[NAME] = name


def _take(listed: Any) -> None:
    st.session_state[LAYERS] = [(_number(), layer) for layer in layer_specs.checked(listed)]


def _number() -> int:
    """One that no layer of this tab had before: its widgets are called by it."""
    st.session_state[COUNT] = st.session_state.get(COUNT, 0) + 1
    return st.session_state[COUNT]


def _rows(listed: list[dict[str, Any]], shapes: list[layer_specs.Shape]) -> None:
    """A row a layer, and one to add another."""
    for place, (number, layer) in enumerate(st.session_state[LAYERS]):
        columns = st.columns(WIDTHS, vertical_alignment="bottom")
        kind = layer_specs.KINDS[layer["kind"]]
        columns[0].markdown(f"**{place + 1}**")
        columns[1].markdown(f"**{kind.title}**")
        for at, field in enumerate(kind.fields, FIELDS_AT):
            _field(columns[at], field, number, layer)
        if place < len(shapes):
            columns[6].markdown("→ " + dimensions(shapes[place]))
        elif place == len(shapes):
            columns[6].markdown(":red[**does not fit**]")
        last = len(listed) - 1
        for at, (icon, what, action, off) in enumerate(
            (
                ("arrow_upward", "up", _swap, place == 0),
                ("arrow_downward", "down", _swap, place == last),
                ("close", "away", _remove, False),
            ),
            7,
        ):
            columns[at].button(
                "",
                icon=f":material/{icon}:",
                key=f"architectures_layer_{number}_{what}",
                help=f"Layer {place + 1} {what}",
                on_click=action,
                args=(place, place - 1 if what == "up" else place + 1) if action is _swap else (place,),
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


def _field(place, field: Option, number: int, layer: dict[str, Any]) -> None:
    """The widget of one choice; what is typed goes into the layer."""
    key = f"architectures_layer_{number}_{field.name}"
    st.session_state.setdefault(key, layer[field.name])
    change = {"key": key, "on_change": _set, "args": (number, field.name, key)}
    if isinstance(field, Word):
        place.selectbox(field.name, field.words, **change)
    elif isinstance(field, Number):
        place.number_input(field.name, float(field.low), float(field.high), step=0.05, format="%g", **change)
    else:
        place.number_input(field.name, field.low, field.high, **change)


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
    """Keep the network under a name, and go on to train it."""
    place, save, train, _ = st.columns([2.4, 1.2, 1.2, 2.2], vertical_alignment="bottom")
    name = place.text_input("Name", key=NAME, max_chars=30)
    kept = _kept(name)
    save.button(
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
    if refused := st.session_state.pop(SAVED, None):
        st.error(refused)
    if kept == listed:
        st.markdown(f"**{name}** is saved: it is among the networks of the training page, and of this one.")


def _kept(name: str) -> list[dict[str, Any]] | None:
    """The layers kept under this name, if any."""
    try:
        return custom_store.load(name)
    except CnnlabError:
        return None


def _keep(name: str, listed: list[dict[str, Any]]) -> None:
    try:
        custom_store.save(name, listed)
    except CnnlabError as error:
        st.session_state[SAVED] = str(error)
