"""The splits, and how many images of each class their parts have."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.charts import split_bars as charts
from cnnlab.data.dataset import Dataset
from cnnlab.data.splits import SPLITS, split
from cnnlab.data.statistics import class_counts
from cnnlab.errors import CnnlabError
from cnnlab.ui.components.required_choice import required
from cnnlab.ui.data.shown_dataset import ShownDataset
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import one_of
from cnnlab.ui.state.theme import dark

CHOSEN = "data_split"
FIT = 20  # classes at most, so that their bars can be read


def draw(data: ShownDataset) -> None:
    """Draw a bar for every split, and below it the classes in the parts of the chosen one."""
    possible: dict[str, list[tuple[str, Dataset]]] = {}
    for name in SPLITS:
        try:
            made = split(name, data.train, data.test)
        except CnnlabError as error:
            st.info(str(error))
            continue
        same = made.validation is made.test
        named = (
            ("train", made.train),
            ("validation", None if same else made.validation),
            (charts.BOTH if same else "test", made.test),
        )
        possible[name] = [(part, each) for part, each in named if each is not None]
    address.remember("split", CHOSEN, one_of(possible), next(iter(possible)))
    chosen = required(st.segmented_control("Split", list(possible), key=CHOSEN, required=True))
    sizes = {name: [(part, len(each)) for part, each in found] for name, found in possible.items()}
    with presenting.main_view("splits"):
        st.subheader(f"{SPLITS[chosen][0].upper()}{SPLITS[chosen][1:]}.")
        bars = charts.bars(sizes, chosen, len(data.train), dark())
        st.altair_chart(presenting.fitted(bars, 540), key="data_splits")
        st.caption("The dashed line is where the file of test images begins.")
    counts = {part: class_counts(each.labels, len(data.classes)) for part, each in possible[chosen]}
    if len(data.classes) > FIT:
        return
    for (part, count), place in zip(counts.items(), st.columns(len(counts), gap="medium"), strict=True):
        with place:
            st.markdown(f"**{part}**: {_sentence(count, data.classes)}")
            st.altair_chart(charts.class_bars(count, data.classes, part, dark()), key=f"data_classes_of_{part}")


def _sentence(counts: np.ndarray, classes: tuple[str, ...]) -> str:
    """The accuracy of always answering the most frequent class; counts: images of each class, [K]."""
    most = int(counts.argmax())
    fraction = counts[most] / max(1, counts.sum())
    return f"always saying {classes[most]} is {fraction:.1%} right"
