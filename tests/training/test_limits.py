"""Limits are declared beside every numeric setting, and hold at both ends."""

from __future__ import annotations

import dataclasses
import math

import pytest

from cnnlab.errors import CnnlabError
from cnnlab.training.config import LIMITS, LISTS, TrainConfig
from cnnlab.training.recipes import RECIPES

NUMBERS = (int, float)
FREE = {"augment_flip": {"dataset": "cifar10"}}  # what a value other than the default needs beside it


def numeric_fields() -> set[str]:
    kinds = {each.name: LISTS.get(each.name, type(each.default)) for each in dataclasses.fields(TrainConfig)}
    return {name for name, kind in kinds.items() if kind in NUMBERS}


def test_every_numeric_setting_has_limits_of_its_own_type():
    assert set(LIMITS) == numeric_fields() and len(LIMITS) > 25
    for each in dataclasses.fields(TrainConfig):
        if limits := LIMITS.get(each.name):
            kind = LISTS.get(each.name, type(each.default))
            assert {type(limits.low), type(limits.high), type(limits.slider)} == {kind}, each.name
            assert limits.low < limits.slider <= limits.high, each.name


@pytest.mark.parametrize("name", LIMITS)
def test_both_ends_are_allowed_and_what_lies_beyond_is_named(name):
    limits, others = LIMITS[name], FREE.get(name, {})
    for allowed in (limits.low, limits.high):
        kept = getattr(TrainConfig(**{name: allowed}, **others), name)
        assert kept == ((allowed,) if name in LISTS else allowed)
    step = 1 if isinstance(limits.low, int) else 1e-9
    for beyond in (limits.low - step, limits.high + max(step, math.ulp(limits.high))):
        with pytest.raises(CnnlabError) as caught:
            TrainConfig(**{name: beyond}, **others)
        said = f"{name} is {beyond:g}: it must lie between {limits.low:g} and {limits.high:g}."
        assert str(caught.value) == said


def test_sliders_reach_what_recipes_ask_for():
    for recipe in RECIPES.values():
        for name, limits in LIMITS.items():
            if name.startswith("augment_"):
                assert getattr(recipe.config, name) <= limits.slider, (recipe.name, name)
