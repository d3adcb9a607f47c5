"""Two networks, one above the other, drawn to one scale."""

from __future__ import annotations

import streamlit as st

from cnnlab.charts import blocks
from cnnlab.inspection.architecture import Architecture
from cnnlab.ui import block_diagram
from cnnlab.ui.architectures import diagram, known, one
from cnnlab.ui.keep import keep


def draw() -> None:
    """The view."""
    left, right, images = st.columns([1.5, 1.5, 1.2], vertical_alignment="bottom")
    known_names = [each.name for each in known.own.choices()[0]]
    keep(architecture_first=_first("alexnet", known_names, 0), architecture_second=_first("vgg-16", known_names, 1))
    choices = [
        known.choose(left, "Network", "architecture_first"),
        known.choose(right, "Beside it", "architecture_second"),
    ]
    shapes = [known.made_for(choice) for choice in choices]
    chosen = one.images(images, max(shapes), "architecture_images")
    found = [
        known.architecture(choice, *(chosen if chosen == known.DIGITS else shape))
        for choice, shape in zip(choices, shapes, strict=True)
    ]
    names = [choice.name for choice in choices]
    st.subheader(sentence(names, found))
    pictures = [diagram.picture(each) for each in found]
    scale = blocks.ruler(pictures)
    width = max(blocks.natural_width(picture, scale) for picture in pictures)
    for number, (name, each, picture) in enumerate(zip(names, found, pictures, strict=True)):
        st.markdown(f"##### {name}: {one.totals(each)}")
        block_diagram.draw(blocks.svg(picture, scale, f"The blocks of {name}", width=width), f"compared {number}")
    st.caption(one.READING.format(arcs="").removesuffix(" · click a block") + " · both to one scale")
    columns = st.columns(2)
    for place, name, each in zip(columns, names, found, strict=True):
        with place:
            st.markdown(f"**{name}**")
            diagram.table(each)


def sentence(names: list[str], found: list[Architecture]) -> str:
    """How many times as large and as costly the larger one is."""
    if names[0] == names[1]:
        return f"{names[0]} beside itself: choose another network."
    parameters, multiplications = (
        [getattr(each, name) for each in found] for name in ("parameters", "multiplications")
    )
    large = int(parameters[1] >= parameters[0])
    small = 1 - large
    weights = parameters[large] / max(1, parameters[small])
    cost = multiplications[large] / max(1, multiplications[small])
    times = f"{weights:.3g} times" if weights >= 1.005 else "as many as"
    if weights < 1.005:
        return f"{names[0]} and {names[1]} have equally many parameters, and {cost:.3g} times the multiply-adds"
    worth = f"{cost:.3g} times its multiply-adds" if cost >= 1 else f"only {cost:.0%} of its multiply-adds"
    return f"{names[large]} has {times} the parameters of {names[small]} and {worth}"


def _first(wanted: str, names: list[str], otherwise: int) -> str:
    return wanted if wanted in names else names[otherwise]
