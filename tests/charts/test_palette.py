"""Colours are named in one file, hold for colour-blind eyes, and agree with the theme."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from cnnlab.charts import palette
from cnnlab.charts.palette import INK, ON_DARK, ON_LIGHT, PAPER, RIGHT, WRONG, translucent

ROOT = Path(__file__).parents[2]
PHONE = "cnnlab/classroom/phone/phone.css"
COLOUR = re.compile(r"#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b|\b(?:rgb|hsl)a?\(\s*\d")
SOURCES = [ROOT / "app.py", ROOT / "dashboard.py", *(ROOT / "pages").glob("*.py")]
SOURCES += [file for kind in ("py", "js", "css") for file in (ROOT / "cnnlab").rglob(f"*.{kind}")]
# Linear RGB as protanopes and deuteranopes see it (Machado, Oliveira and Fernandes 2009, full strength).
PROTANOPIA = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
DEUTERANOPIA = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]


def linear(colour: str) -> np.ndarray:
    """Linear RGB [3] of "#rrggbb"."""
    part = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio, 1..21."""
    low, high = sorted(float(linear(colour) @ (0.2126, 0.7152, 0.0722)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def test_no_other_file_names_a_colour():
    named = {str(file.relative_to(ROOT)) for file in SOURCES if COLOUR.search(file.read_text())}
    assert named == {"cnnlab/charts/palette.py", "cnnlab/ui/components/uplot/uPlot.iife.min.js", PHONE}


def test_the_phones_page_which_stands_alone_has_the_palettes_colours():
    css = (ROOT / PHONE).read_text()
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)", css)) == {palette.BLUE, palette.GREY, palette.BORDER}


@pytest.mark.parametrize("text", ['"#fff"', "color: #1f6feb;", '"#f5b30147"', "rgba(128, 1, 2, 0.5)", "rgb(0,0,0)"])
def test_a_colour_is_recognised(text):
    assert COLOUR.search(text)


@pytest.mark.parametrize("text", ["`rgb(${r}, ${g})`", "test image #12,345", "rgba.subarray(4)", "&#39;"])
def test_what_is_no_colour_is_not_taken_for_one(text):
    assert not COLOUR.search(text)


@pytest.mark.parametrize("seen", [np.eye(3), PROTANOPIA, DEUTERANOPIA])
def test_right_and_wrong_are_told_apart_by_everyone(seen):
    right, wrong = (np.asarray(seen) @ linear(colour) for colour in (RIGHT, WRONG))
    assert np.abs(right - wrong).max() > 0.4


@pytest.mark.parametrize("dark", [False, True])
def test_what_is_drawn_and_written_stands_out_from_the_page(dark):
    for colour in (RIGHT, WRONG):
        assert contrast(colour, PAPER[dark]) >= 3
    assert contrast(INK[dark], PAPER[dark]) >= 12


def test_text_on_coloured_cells_can_be_read():
    for colour in (RIGHT, *palette.DIVERGING, *palette.SEQUENTIAL):
        assert max(contrast(colour, ON_LIGHT), contrast(colour, ON_DARK)) >= 4.4


@pytest.mark.parametrize("dark", [False, True])
def test_ink_and_paper_are_the_themes(dark):
    config = (ROOT / ".streamlit" / "config.toml").read_text()
    section = config.split("[theme.dark]" if dark else "[theme.light]")[1].split("[")[0]
    assert f'backgroundColor = "{PAPER[dark]}"' in section and f'textColor = "{INK[dark]}"' in section


def test_an_opacity_is_added_as_css_writes_it():
    assert translucent("#f5b301", 0.28) == "rgba(245, 179, 1, 0.28)"
