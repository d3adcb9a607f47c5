"""What the elements' scripts share says the same as numpy, and none of them says it again."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import numpy as np
import pytest

from cnnlab.charts.palette import DIVERGING
from cnnlab.ui.components import browser_element

UI = Path(browser_element.__file__).parents[1]
SHARED = (UI / "components" / "shared.js").read_text()
SCRIPTS = sorted(file for file in UI.rglob("*.js") if file.name not in ("shared.js", "uPlot.iife.min.js"))


@pytest.fixture(scope="module")
def tab(browser):
    page = browser.new_page()
    yield page
    page.close()


def run(tab, body: str, argument=None):
    """What the JavaScript `body` returns for `argument`, with the shared script before it."""
    return tab.evaluate(f"(argument) => {{ {SHARED}\n{body} }}", argument)


def test_numbers_arrive_bit_for_bit(tab):
    for kind, array in (("<f4", "Float32Array"), ("<f8", "Float64Array")):
        values = np.random.default_rng(0).normal(size=50).astype(kind)
        text = base64.b64encode(values.tobytes()).decode()
        assert run(tab, f"return Array.from(new {array}(buffer(argument)))", text) == values.tolist()


def test_a_colour_map_is_numpys_interpolation(tab):
    stops = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in DIVERGING])
    at = np.linspace(0, 1, 41)
    found = run(tab, "const map = colourMap(argument[0]); return argument[1].map(map)", [DIVERGING, at.tolist()])
    expected = [np.interp(at, np.linspace(0, 1, len(stops)), part) for part in stops.T]
    np.testing.assert_allclose(found, np.transpose(expected), atol=1e-9)


@pytest.mark.parametrize(("text", "shown"), [("-0.50", "−0.50"), ("-0.00", "0.00"), ("-0", "0"), ("12", "12")])
def test_a_minus_is_a_minus_and_zero_has_none(tab, text, shown):
    assert run(tab, "return withMinus(argument)", text) == shown


@pytest.mark.parametrize(("rgb", "bright"), [((255, 255, 255), True), ((0, 0, 255), False), ((0, 255, 0), True)])
def test_dark_text_is_for_bright_colours(tab, rgb, bright):
    assert run(tab, "return isBright(argument)", rgb) is bright


def test_text_from_data_is_no_markup(tab):
    body = "const made = make('b', document.body, 'name', argument); return [made.className, made.innerHTML]"
    assert run(tab, body, "<img src=x>") == ["name", "&lt;img src=x&gt;"]


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_a_script_does_not_say_again_what_is_shared(file):
    ours = set(re.findall(r"^(?:function|const) (\w+)", file.read_text(), re.M))
    shared = set(re.findall(r"^function (\w+)", SHARED, re.M))
    assert shared and not ours & shared
    again = r"\batob\(|createElement\((?!\"canvas\")|getComputedStyle\([^)]*\)\.getPropertyValue"
    assert not re.search(again, file.read_text())


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_only_the_blocks_svg_is_set_as_markup(file):
    assert ("innerHTML" in file.read_text()) is (file.name == "block_picture.js")
