"""A recipe: what it does, where it comes from, and what it reached there and here."""

from __future__ import annotations

import streamlit as st

from cnnlab.training.recipes import RECIPES, Recipe
from cnnlab.ui.cache import loaders
from cnnlab.ui.train.settings import in_words

SHOWN = 5  # results listed one by one


def title(name: str) -> str:
    """What the recipe is called; a run that came from elsewhere may name one that this lab does not have."""
    return RECIPES[name].title if name in RECIPES else f"{name}: no recipe of this lab"


def explanation(name: str) -> str | None:
    """What the recipe is and where it deviates from its source."""
    recipe = RECIPES.get(name)
    return f"{recipe.note} {recipe.deviation}".strip() if recipe else None


def draw(name: str) -> None:
    """One line: reported accuracy, that of the finished runs that followed the recipe, and a link to its settings."""
    if name not in RECIPES:
        return
    recipe, found = RECIPES[name], measured(name)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"Test accuracy: {_reached(recipe, found)}.", width="content")
        with st.popover("About this recipe", icon=":material/menu_book:", type="tertiary", key="train_about_recipe"):
            _about(recipe, found)


def _about(recipe: Recipe, found: dict[str, float]) -> None:
    st.markdown(f"#### {recipe.title}\n{recipe.note}")
    st.markdown("\n".join(f"- {sentence}" for sentence in in_words.sentences(recipe.config)))
    st.markdown(f"**Source:** {recipe.source}")
    if recipe.deviation:
        st.markdown(f"**What differs from there:** {recipe.deviation}")
    st.markdown(f"**Test accuracy:** {_reached(recipe, found)}.")
    st.code(f"python -m cnnlab train --recipe {recipe.name}", language="sh")


def _reached(recipe: Recipe, found: dict[str, float]) -> str:
    reported = recipe.reported
    words = []
    if reported is not None:
        words.append(f"reported **{reported:.2%}**")
    if found:
        mean = sum(found.values()) / len(found)
        each = ", ".join(run if len(found) == 1 else f"{run} {found[run]:.2%}" for run in list(found)[:SHOWN])
        words.append(f"measured here **{mean:.2%}** ({each}{', …' if len(found) > SHOWN else ''})")
    else:
        words.append("not yet measured here")
    return " · ".join(words)


def measured(name: str) -> dict[str, float]:
    """Test accuracy (0..1) of every finished run that followed the recipe `name`, by run, the oldest first.

    One whose learning rate was changed by hand did not.
    """
    found = {}
    for run in reversed(loaders.runs()[0]):
        outcome = run.outcome
        accuracy = outcome.test_accuracy if outcome and outcome.state == "finished" else None
        if accuracy is not None and RECIPES[name].describes(run.config) and not run.record.events:
            found[run.name] = accuracy
    return found
