"""Photographs in uneven light: the ink that was drawn is the ink that is found."""

from __future__ import annotations

import dataclasses

import pytest

from benchmarks.support.paper_photographs import PAPERS, PENS, Scene, scenes
from benchmarks.uneven_light import look

pytestmark = pytest.mark.slow  # hundreds of photographs

THIN = Scene(
    digit=5,
    paper="grey",
    pen=PENS[0],
    stroke=8,
    height=0.5,
    turn=0,
    gradient=0,
    shadow=0,
    softness=2,
    blur=0.8,
    noise=3,
    seed=4,
)


@pytest.mark.parametrize("paper", PAPERS)
def test_a_thin_pen_is_found_in_every_light(paper):
    for height in (0.3, 0.5, 0.7):
        for light in ({"gradient": 0.1}, {"gradient": 0.2}, {"gradient": 0.7}, {"shadow": 0.1}, {"shadow": 0.4}):
            scene = dataclasses.replace(THIN, paper=paper, height=height, **light)
            found, image = look(scene)
            assert found and image is not None, scene


def test_no_more_than_one_photograph_in_forty_is_misread():
    assert sum(look(scene)[0] for scene in scenes(40, seed=1)) >= 39
