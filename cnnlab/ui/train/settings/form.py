"""The settings of the training page: a row of the usual ones, and sections of further ones."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.errors import CnnlabError
from cnnlab.models import custom_store
from cnnlab.training.config import TrainConfig
from cnnlab.training.devices import available
from cnnlab.training.optimizers import OPTIMIZERS
from cnnlab.training.recipes import RECIPES
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui.cache import loaders
from cnnlab.ui.state.draft_config import DRAFT
from cnnlab.ui.train import recipe_note
from cnnlab.ui.train.settings import fields, sections

FIELDS = ("recipe", "epochs", "batch_size", "learning_rate", "optimizer", "seed", "device")
SHOWN = "train_shown_run"
NETWORK, UNSAVED = (
    "train_network",
    "train_unsaved_options",
)  # the chosen network's name; the layers of one that is not saved


def draw(snapshot: Snapshot, row: DeltaGenerator, more: DeltaGenerator) -> TrainConfig | None:
    """Draw the usual settings into `row`, further ones into `more`; return all, or None while one of them is wrong.

    Then a sentence says so. While a run is under way they are that run's, and only the learning rate can be changed.
    """
    _fill_widgets(snapshot)
    base = snapshot.config if snapshot.active else st.session_state[DRAFT]
    with row:
        typed = _usual(snapshot)
    base = base.replace(**_chosen_network(base))
    with more:
        section = sections.choose()
        typed |= sections.typed(section, base, snapshot.active)
    try:
        config = base.replace(**typed)
    except CnnlabError as error:
        row.error(str(error))
        return None
    if not snapshot.active:
        st.session_state[DRAFT] = config
    if section:
        with more:
            section.picture(config, snapshot.active)
    return config


def _usual(snapshot: Snapshot) -> dict[str, object]:
    recipe, network, *columns = st.columns([2.1, 1.5, 0.9, 0.9, 1.15, 1.1, 0.9, 1], vertical_alignment="bottom")
    fixed = snapshot.active
    recipe.selectbox(
        "Recipe",
        RECIPES,
        key="train_recipe",
        on_change=_take_recipe,
        disabled=fixed,
        format_func=lambda name: RECIPES[name].title,
        help=recipe_note.explanation(st.session_state.train_recipe),
    )
    _network(network, fixed)
    fields.number(columns[0], "epochs", "Epochs", fixed)
    fields.number(columns[1], "batch_size", "Batch size", fixed)
    note = "Can be changed while the network trains."
    fields.number(
        columns[2], "learning_rate", "Learning rate", False, step=1e-4, help=note, on_change=_change_learning_rate
    )
    columns[3].selectbox("Optimiser", list(OPTIMIZERS), key="train_optimizer", disabled=fixed)
    fields.number(columns[4], "seed", "Seed", fixed)
    columns[5].selectbox("Device", ["auto", *available()], key="train_device", disabled=fixed)
    recipe_note.draw(st.session_state.train_recipe)
    return {field: st.session_state[fields.key(field)] for field in FIELDS}


def _network(place, fixed: bool) -> None:
    """The choice of the network: the recipe's, another registered one, or a custom one."""
    known, problems = custom_store.choices()
    titles = {each.name: each.title for each in known} | {custom_store.CUSTOM: "not saved (own)"}
    if st.session_state[NETWORK] not in titles:  # it was deleted meanwhile
        st.session_state[NETWORK] = RECIPES[st.session_state.train_recipe].config.network
    names = [name for name in titles if name != custom_store.CUSTOM or st.session_state[NETWORK] == name]
    place.selectbox(
        "Network",
        names,
        key=NETWORK,
        disabled=fixed,
        format_func=lambda name: name if name != custom_store.CUSTOM else titles[name],
        help=" ".join([titles[st.session_state[NETWORK]] + ".", *problems]),
    )


def _chosen_network(base: TrainConfig) -> dict:
    """What the choice changes in the settings; the same network keeps its options."""
    name = st.session_state[NETWORK]
    if name == custom_store.name_of(base.network, base.options):
        return {}
    if name == custom_store.CUSTOM:
        return {"network": name, "options": st.session_state[UNSAVED]}
    chosen = custom_store.choice(name)
    return {"network": chosen.network, "options": chosen.options}


def _take_network(config: TrainConfig) -> None:
    st.session_state[NETWORK] = custom_store.name_of(config.network, config.options)
    st.session_state[UNSAVED] = config.options


def _fill_widgets(snapshot: Snapshot) -> None:
    """Put values into the widgets when they are new here, or when a run has begun, perhaps in another tab."""
    running = snapshot.run if snapshot.active else None
    if "train_recipe" in st.session_state and st.session_state.get(SHOWN) == running:
        return
    st.session_state[SHOWN] = running
    default = next(iter(RECIPES.values())).config
    draft = st.session_state.setdefault(DRAFT, snapshot.config or default)
    _put(snapshot.config if running else draft)
    if running and snapshot.learning_rate:
        st.session_state.train_learning_rate = snapshot.learning_rate


def _take_recipe() -> None:
    config = st.session_state[DRAFT] = RECIPES[st.session_state.train_recipe].config
    _put(config)


def _put(config: TrainConfig) -> None:
    """Let all widgets show these settings."""
    fields.put(config, (*FIELDS, *sections.FIELDS))
    _take_network(config)


def _change_learning_rate() -> None:
    if loaders.runner().snapshot().active:
        loaders.runner().set_learning_rate(st.session_state.train_learning_rate)
