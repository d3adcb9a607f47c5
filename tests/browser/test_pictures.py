"""Saving what a page draws: by the buttons at a picture, from the list, and as a film."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from benchmarks.support.browser import settled
from benchmarks.support.mouse import FOUR, Pen
from cnnlab.charts.palette import CHOSEN, PAPER
from cnnlab.runs import store
from tests.browser.conftest import ANSWER
from tests.browser.grids import grid
from tests.browser.soft_address import go
from tests.browser.test_accessibility import AXE, FIND, OF_STREAMLIT, WCAG
from tests.films.test_film import frames, value_of

ONLY = "a0-simple-cnn"  # every page opens with it
DIALOG = "Pictures of this page"


def pressed(page: Page, button: Locator) -> tuple[str, bytes]:
    """(file name, content) of what a button saves."""
    with page.expect_download() as waiting:
        button.click()
    download = waiting.value
    return download.suggested_filename, download.path().read_bytes()


def listed(page: Page, name: str | re.Pattern) -> Locator:
    """The button that is called `name` in the list of the page's pictures, which its key opens once it is drawn."""
    dialog = page.get_by_role("dialog", name=DIALOG)
    button = dialog.get_by_role("button", name=name).first
    for _ in range(200):
        page.keyboard.press("s")
        if button.count():
            return button
        if dialog.is_visible():
            page.keyboard.press("s")
        page.wait_for_timeout(200)
    raise AssertionError(f"{name} is not among {dialog.get_by_role('listitem').all_inner_texts()}")


def test_a_picture_is_saved_twice_as_large_by_the_button_under_the_mouse(page, address, runs):
    page.goto(f"{address}/kernels?run={ONLY}&epoch=2")
    canvas = grid(page, "Kernels of conv1")
    settled(page)
    canvas.hover(position={"x": 40, "y": 60})
    name, content = pressed(page, page.get_by_role("button", name="Save kernels grid conv1 as PNG"))
    assert name == f"kernels-grid-conv1-{ONLY}-epoch-2.png"
    saved = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), float)
    tiles = json.loads(canvas.get_attribute("data-tiles"))
    weights = store.load(store.open_run(runs / ONLY), 2).model.conv1.weight[:, 0].detach().numpy()
    framed = np.abs(saved - [int(CHOSEN[at : at + 2], 16) for at in (1, 3, 5)]).sum(2) == 0  # 4 pixels around kernel 0
    left, top = (
        int(np.flatnonzero(framed.any(axis))[-1]) + 1 - 2 * (tiles[0][edge] + tiles[0][side] + 4)
        for axis, edge, side in ((0, "x", "w"), (1, "y", "h"))
    )
    for kernel, at in enumerate(tiles):
        for (row, col), weight in np.ndenumerate(weights[kernel] / np.abs(weights).max()):
            x, y = (start + 2 * (at[edge] + (n + 0.5) * at["cell"])
                    for start, edge, n in ((left, "x", col), (top, "y", row)))  # fmt: skip
            assert value_of(saved[int(y), int(x)]) == pytest.approx(float(weight), abs=0.02), (kernel, row, col)


def test_the_list_saves_charts_as_svg_and_png_in_both_themes(page, address):
    for dark in (False, True):
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.goto(f"{address}/confusion?run={ONLY}")
        chart = page.locator('[data-testid="stVegaLiteChart"]').first
        chart.locator("svg").first.wait_for()
        settled(page)
        box = chart.bounding_box()
        name, content = pressed(page, listed(page, "Save confusion matrix as SVG"))
        assert name.startswith("confusion-matrix-") and name.endswith(".svg")
        assert ElementTree.fromstring(content).tag.endswith("svg")
        assert PAPER[dark].encode() in content
        _, content = pressed(page, page.get_by_role("button", name="Save confusion matrix as PNG"))
        image = Image.open(io.BytesIO(content))
        assert image.width == pytest.approx(2 * box["width"], abs=24)
        assert image.convert("RGB").getpixel((1, 1)) == tuple(int(PAPER[dark][at : at + 2], 16) for at in (1, 3, 5))
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name=DIALOG)).to_be_hidden()


# What draws in its own way: Vega as SVG and on a canvas, HTML, images, our SVG, editable cells, WebGL.
KINDS = {
    "runs": "over step",
    "shift": "shift answer",
    "architectures": "architectures",
    "convolution": "convolution",
    "confusion?view=map-of-points": "confusion points",
    "confusion?view=map-of-points&method=pca-in-3-d": "confusion space",
}


DENSITY_OF_SPACE = """() => {
  const { glplot, container } = document.querySelector(".js-plotly-plot")._fullLayout.scene._scene;
  return glplot.gl.drawingBufferWidth / container.clientWidth;
}"""


@pytest.mark.slow
def test_every_kind_of_picture_can_be_saved(page, address):
    page.goto(f"{address}/data")
    page.get_by_role("heading", level=3).first.wait_for()
    settled(page)
    for where, what in KINDS.items():
        go(page, f"/{where}")
        _, content = pressed(page, listed(page, re.compile(f"Save .*{what}.* as PNG")))
        pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), int)
        assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 8, where
        if where == "architectures":
            _, content = pressed(page, listed(page, re.compile("as SVG")))
            assert ElementTree.fromstring(content).tag.endswith("svg") and b"var(" not in content
        if where.endswith("3-d"):
            assert page.evaluate(DENSITY_OF_SPACE) == 2
        page.keyboard.press("Escape")


def test_a_drawing_is_saved_and_no_button_lies_in_the_hands_way(draw):
    Pen(draw).draw(FOUR)
    expect(draw.locator(ANSWER)).to_have_text("4")
    settled(draw)
    draw.locator("canvas").first.hover(position={"x": 40, "y": 300}, force=True)
    expect(draw.get_by_role("group", name="Save this picture")).to_be_hidden()
    shown = draw.locator(".dc-canvas.lower-canvas").evaluate(
        "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"
    )
    ink = np.array(shown).reshape(420, 420, 4)[..., 0]
    _, content = pressed(draw, listed(draw, "Save draw canvas 0 as PNG"))
    saved = np.asarray(Image.open(io.BytesIO(content)).convert("L"), int)
    assert saved.shape == (840, 840) and 0.02 < (ink > 0).mean() < 0.3
    assert abs(saved.reshape(420, 2, 420, 2).mean((1, 3)) - ink).max() < 60 and set(np.unique(ink)) >= {0, 255}
    titles = draw.get_by_role("dialog", name=DIALOG).get_by_role("listitem").all_inner_texts()
    assert "the drawing" in titles[0] and len(set(titles)) == len(titles)


def test_the_buttons_go_when_the_mouse_rests_and_the_list_is_reached_by_keyboard(page, address):
    page.goto(f"{address}/kernels?run={ONLY}")
    canvas = grid(page, "Kernels of conv1")
    settled(page)
    canvas.hover()
    button = page.get_by_role("button", name="Save kernels grid conv1 as PNG")
    expect(button).to_be_visible()
    expect(button).to_be_hidden(timeout=10_000)
    opener = page.get_by_role("button", name=DIALOG)
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=DIALOG)
    page.keyboard.press("Tab")
    expect(dialog.locator("button:focus")).to_have_count(1)
    page.evaluate(f"{AXE}; 0")
    assert not page.evaluate(FIND, [WCAG, OF_STREAMLIT])
    page.keyboard.press("s")
    expect(dialog).to_be_hidden()


def test_a_film_is_made_and_saved(page, address, runs):
    page.goto(f"{address}/kernels?run={ONLY}&epoch=0")
    grid(page, "Kernels of conv1")
    settled(page)
    page.get_by_role("button", name="As a film").click()
    button = page.get_by_role("button", name=re.compile("Save the film"))
    button.wait_for()
    name, content = pressed(page, button)
    assert name == f"{ONLY}-kernels-conv1.gif"
    assert len(frames(content)) == len(store.open_run(runs / ONLY).epochs)
