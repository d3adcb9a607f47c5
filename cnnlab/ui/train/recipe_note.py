"""A recipe's reported accuracy beside the accuracy of the runs that followed it."""

from __future__ import annotations

import streamlit as st

from cnnlab.training.recipes import RECIPES
from cnnlab.ui.cache import loaders

SHOWN = 5  # results listed one by one


def explanation(name: str) -> str:
    """What the recipe is and where it deviates from its source."""
    recipe = RECIPES[name]
    return f"{recipe.note} {recipe.deviation}".strip()


def draw(name: str) -> None:
    """One line: reported accuracy, and that of the finished runs that followed the recipe."""
    reported, found = RECIPES[name].reported, measured(name)
    words = []
    if reported is not None:
        words.append(f"reported **{reported:.2%}**")
    if found:
        mean = sum(found.values()) / len(found)
        each = ", ".join(run if len(found) == 1 else f"{run} {found[run]:.2%}" for run in list(found)[:SHOWN])
        words.append(f"measured here **{mean:.2%}** ({each}{', …' if len(found) > SHOWN else ''})")
    else:
        words.append("not yet measured here")
    st.markdown(f"Test accuracy: {' · '.join(words)}.")


def measured(name: str) -> dict[str, float]:
    """Test accuracy (0..1) of every finished run that followed the recipe `name`, by run, the oldest first."""
    found = {}
    for run in reversed(loaders.runs()[0]):
        outcome = run.outcome
        if outcome and outcome.state == "finished" and RECIPES[name].describes(run.config):
            found[run.name] = outcome.test_accuracy
    return found
