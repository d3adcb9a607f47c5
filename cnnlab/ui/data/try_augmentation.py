"""Augmentations to try out: sliders for the amounts, and their effect on chosen images."""

from __future__ import annotations

import dataclasses

import numpy as np
import streamlit as st

from cnnlab.charts import dataset_images
from cnnlab.common.threads import one_thread
from cnnlab.data.augment.geometric import Augmentation
from cnnlab.data.augment.preview import variants
from cnnlab.training.config import LIMITS
from cnnlab.training.recipes import RECIPES
from cnnlab.ui.components import pixel_grid
from cnnlab.ui.components.required_choice import from_list
from cnnlab.ui.data.shown_dataset import ShownDataset
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import decimal, one_of, whole

SEED, WHICH, START = "data_tried_seed", "data_tried_images", "data_tried_start"
EPOCHS, COLUMNS, MOST_SEED = 6, 10, 10_000
MIXED = "one of each"
OF_DIGITS = ("forms", "written")  # cnnlab.data.augment.digit_styles and pen_digits: fractions of the digits
# amount: (label, step)
AMOUNTS = {
    "rotation": ("Rotation, degrees", 1.0),
    "shift": ("Shift, pixels", 0.1),
    "scale": ("Size, share", 0.05),
    "shear": ("Slant", 0.05),
    "aspect": ("Width, share", 0.05),
    "elastic": ("Elastic warp, pixels", 0.1),
    "thickness": ("Stroke, pixels", 0.1),
    "crop": ("Cut out, pixels", 1.0),
    "flip": ("Mirrored, share", 0.05),
    "erasing": ("Erased, share", 0.05),
    "forms": ("Flags and bars, share", 0.05),
    "written": ("By pen, share", 0.05),
}
KINDS = {field: type(amount) for field, amount in dataclasses.asdict(Augmentation()).items()}  # float, or int
FIELDS = (*KINDS, *OF_DIGITS)
STARTS: dict[str, dict[str, float]] = {"A4: turned and shifted": {"rotation": 10.0, "shift": 2.8}, "nothing": {}}


def draw(data: ShownDataset) -> None:
    """Draw the sliders left; right the images, and what six epochs would see of them."""
    starts = _starts()
    address.remember("as-in", START, one_of(starts), next(iter(starts)))
    amounts_of = starts[st.session_state[START]]
    for field in FIELDS:
        limits = LIMITS[f"augment_{field}"]
        kind = decimal(float(limits.low), float(limits.slider))
        address.remember(field, _key(field), kind, amounts_of.get(field, 0.0))
    address.remember("seed", SEED, whole(0, MOST_SEED), 0)
    address.remember("images", WHICH, one_of([MIXED, *data.classes], str), MIXED)
    left, right = st.columns([1, 2.1], gap="medium")
    with left:
        st.selectbox("As in", list(starts), key=START, on_change=_take)
        first, second = st.columns(2)
        amounts = {}
        for number, field in enumerate(field for field in FIELDS if field not in OF_DIGITS or data.has_styles):
            with (first, second)[number % 2]:
                amounts[field] = _amount(field)
    with right:
        _images(data, amounts)


def _images(data: ShownDataset, amounts: dict[str, float]) -> None:
    choose, again = st.columns([3, 1], vertical_alignment="bottom")
    which = from_list(choose, "Images", [MIXED, *data.classes], key=WHICH)
    again.button("Draw again", icon=":material/casino:", on_click=_again, width="stretch")
    seed = st.session_state[SEED]
    places = _places(data, which)
    taken, labels = data.train.images[places], data.train.labels[places]
    augmentation = Augmentation(**{field: kind(amounts[field]) for field, kind in KINDS.items()})
    with one_thread():
        styles = {field: amounts.get(field, 0.0) for field in OF_DIGITS}
        drawn = variants(taken, labels, augmentation, seed=seed, times=EPOCHS, **styles)
    names = [data.classes[int(label)] for label in labels]
    with presenting.main_view("variants"):
        pixel_grid.draw(dataset_images.varied(taken.numpy() / 255, drawn, names), "data_tried")
        st.caption(
            f"Every epoch meets each {data.noun} in another form: each amount is drawn at random between minus and "
            f"plus the slider's value, by the seed, here {seed}."
        )


def _starts() -> dict[str, dict[str, float]]:
    """Amounts to begin with, by name: an article's, none, and those of the recipes that augment."""
    found = dict(STARTS)
    for recipe in RECIPES.values():
        amounts = {field: float(getattr(recipe.config, f"augment_{field}")) for field in FIELDS}
        if any(amounts.values()):
            found[recipe.title] = amounts
    return found


def _widgets(amounts: dict[str, float]) -> dict[str, float]:
    """What the sliders' session-state keys hold for these amounts, 0 for those that are left out."""
    return {_key(field): amounts.get(field, 0.0) for field in FIELDS}


def _key(field: str) -> str:
    return f"data_tried_{field}"


def _take() -> None:
    st.session_state.update(_widgets(_starts()[st.session_state[START]]))


def _amount(field: str) -> float:
    """Draw the slider of one amount; return where it stands."""
    label, step = AMOUNTS.get(field, (field.capitalize(), 0.05))
    limits = LIMITS[f"augment_{field}"]
    return st.slider(label, float(limits.low), float(limits.slider), step=step, key=_key(field), format="%g")


def _again() -> None:
    st.session_state[SEED] = (st.session_state[SEED] + 1) % MOST_SEED


def _places(data: ShownDataset, which: str) -> np.ndarray:
    """The indices of the training images shown: the first of every class, or the first COLUMNS of class `which`."""
    classes, labels = len(data.classes), data.train.labels
    if which == MIXED:
        firsts = [np.flatnonzero(labels.numpy() == label)[:1] for label in range(classes)]
        return np.concatenate(firsts)[:COLUMNS]
    return np.flatnonzero(labels.numpy() == data.classes.index(which))[:COLUMNS]
