"""The settings of the training page: a row of the usual ones, and sections of further ones."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.errors import CnnlabError
from cnnlab.models import custom_store
from cnnlab.training.config import TrainConfig
from cnnlab.training.devices import available
from cnnlab.training.optimizers import OPTIMIZERS
from cnnlab.training.recipes import FIRST, RECIPES
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui import messages
from cnnlab.ui.cache import loaders
from cnnlab.ui.state import visitor
from cnnlab.ui.state.draft_config import DRAFT
from cnnlab.ui.train import recipe_note
from cnnlab.ui.train.settings import fields, sections

FIELDS = ("recipe", "epochs", "batch_size", "learning_rate", "optimizer", "seed", "device")
SHOWN = "train_shown_run"
PROBLEM = "train_rate_problem"  # what was wrong with a rate given to the run under way
NETWORK = "train_network"  # the chosen network's name
UNSAVED = "train_unsaved_options"  # the layers of a custom network that is not saved


def draw(snapshot: Snapshot, row: DeltaGenerator, more: DeltaGenerator) -> TrainConfig | None:
    """Draw the usual settings into `row`, further ones into `more`; return all, or None where one of them is wrong.

    A sentence says which. While a run is under way they are that run's, and only the learning rate can be changed.
    """
    _fill_widgets(snapshot)
    settings = base(snapshot)
    with row:
        typed = _usual(snapshot)
        say_problem()
    settings = settings.replace(**_chosen_network(settings))
    with more:
        section = sections.choose()
        typed |= sections.typed(section, settings, snapshot.active)
    try:
        config = settings.replace(**typed)
    except CnnlabError as error:
        messages.problem(error, row)
        return None
    if not snapshot.active:
        st.session_state[DRAFT] = config
    if section:
        with more:
            section.picture(config, snapshot.active)
    return config


def _usual(snapshot: Snapshot) -> dict[str, object]:
    """Draw the usual settings; return what stands in them."""
    recipe, network, *columns = st.columns([2.1, 1.5, 0.9, 0.9, 1.15, 1.1, 0.9, 1], vertical_alignment="bottom")
    fixed, chosen = snapshot.active, st.session_state.train_recipe
    recipe.selectbox(
        "Recipe",
        [*RECIPES, *({chosen} - RECIPES.keys())],
        key="train_recipe",
        on_change=_take_recipe,
        disabled=fixed,
        format_func=recipe_note.title,
        help=recipe_note.explanation(chosen),
    )
    _network(network, fixed)
    fields.number(columns[0], "epochs", "Epochs", fixed)
    fields.number(columns[1], "batch_size", "Batch size", fixed)
    note = "Can be changed while the network trains."
    fields.number(
        columns[2],
        "learning_rate",
        "Learning rate",
        _racing(snapshot),
        step=1e-4,
        help=note,
        on_change=change_learning_rate,
    )
    columns[3].selectbox("Optimiser", list(OPTIMIZERS), key="train_optimizer", disabled=fixed)
    fields.number(columns[4], "seed", "Seed", fixed)
    columns[5].selectbox("Device", ["auto", *available()], key="train_device", disabled=fixed)
    recipe_note.draw(chosen)
    return {field: st.session_state[fields.key(field)] for field in FIELDS}


def _racing(snapshot: Snapshot) -> bool:
    """Whether lanes are compared, whose rates must stay as they are."""
    return snapshot.active and snapshot.lane is not None


def _network(place: DeltaGenerator, fixed: bool) -> None:
    """Draw the choice of the network: the recipe's, another registered one, or a custom one."""
    known, problems = custom_store.choices()
    titles = {each.name: each.title for each in known} | {custom_store.CUSTOM: "not saved (own)"}
    if st.session_state[NETWORK] not in titles:  # it was deleted meanwhile
        st.session_state[NETWORK] = RECIPES.get(st.session_state.train_recipe, FIRST).config.network
    names = [name for name in titles if name != custom_store.CUSTOM or st.session_state[NETWORK] == name]
    place.selectbox(
        "Network",
        names,
        key=NETWORK,
        disabled=fixed,
        format_func=lambda name: name if name != custom_store.CUSTOM else titles[name],
        help=" ".join([titles[st.session_state[NETWORK]] + ".", *problems]),
    )


def _chosen_network(base: TrainConfig) -> dict[str, object]:
    """What the choice of the network changes in the settings; the same network keeps its options."""
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
    """Give the widgets their values when this tab has none yet, or when a run has begun, perhaps in another tab."""
    if shows_another_run(snapshot) or "train_recipe" not in st.session_state:
        _put(base(snapshot))
        st.session_state.train_learning_rate = rate(snapshot)


def shows_another_run(snapshot: Snapshot) -> bool:
    """Whether a run has begun or ended since the last call, perhaps in another tab."""
    running = snapshot.run if snapshot.active else None
    before = st.session_state.get(SHOWN)
    st.session_state[SHOWN] = running
    return before != running


def base(snapshot: Snapshot) -> TrainConfig:
    """The settings of the run under way, else of the next one as they were last."""
    if snapshot.active and snapshot.config:
        return snapshot.config
    return st.session_state.setdefault(DRAFT, snapshot.config or FIRST.config)


def rate(snapshot: Snapshot) -> float:
    """The learning rate of the run under way, as it is by now, else of the next one."""
    return (snapshot.learning_rate if snapshot.active else 0.0) or base(snapshot).learning_rate


def _take_recipe() -> None:
    config = st.session_state[DRAFT] = RECIPES[st.session_state.train_recipe].config
    _put(config)


def propose(config: TrainConfig) -> None:
    """Make `config` the settings of the next run; call in a callback.

    While a run is under way the widgets show that one's settings, and these when it has ended.
    """
    st.session_state[DRAFT] = config
    if not loaders.runner().snapshot().active:
        _put(config)


def _put(config: TrainConfig) -> None:
    """Make all widgets show these settings."""
    fields.put(config, (*FIELDS, *sections.FIELDS))
    _take_network(config)


def change_learning_rate() -> None:
    """Give the run under way, if there is one, the rate that was typed."""
    snapshot = loaders.runner().snapshot()
    if not snapshot.active or _racing(snapshot) or not visitor.may_change():
        return
    try:
        loaders.runner().set_learning_rate(st.session_state.train_learning_rate)
    except CnnlabError as error:
        st.session_state[PROBLEM] = str(error)


def say_problem() -> None:
    """Say once what was wrong with the rate."""
    if problem := st.session_state.pop(PROBLEM, None):
        messages.problem(f"{problem} The run goes on with the rate it had.")
