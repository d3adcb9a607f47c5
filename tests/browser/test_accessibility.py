"""axe-core finds nothing serious on any page in either theme; pictures that are clicked can be used by keyboard."""

from __future__ import annotations

import json
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect

from benchmarks.support.browser import settled
from tests.browser.grids import cell, grid
from tests.browser.soft_address import go
from tests.browser.test_address import shows
from tests.browser.test_layout import FAILURE

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
# Streamlit's navigation has its groups' headings inside the list, beside the items.
OF_STREAMLIT = {"list": "stSidebarNav", "listitem": "stSidebarNav"}
PAGES = (
    "lessons",
    "data?lesson=4-where-it-fails&step=2",
    "confusion?lesson=4-where-it-fails&step=2&revealed=1",
    "data?view=augmentation",
    "convolution",
    "architectures?view=build-your-own",
    "",
    "draw",
    "classroom",
    "kernels",
    "feature_maps",
    "anatomy",
    "shift?view=side-by-side",
    "confusion",
    "ensemble",
    "runs",
    "kernels?present=1",
)
FIND = """async ([tags, theirs]) => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"], runOnly: tags });
  const serious = violations.filter((each) => ["serious", "critical"].includes(each.impact));
  return serious.flatMap(({ id, nodes }) => nodes
    .filter((node) => {
      const target = node.target.flat(), found = document.querySelector(target[0]);
      return !theirs[id] || !found?.closest(`[data-testid="${theirs[id]}"]`);
    })
    .map((node) => `${id}: ${node.html.slice(0, 120)} ${JSON.stringify(node.any[0]?.data ?? "").slice(0, 160)}`));
}"""


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(page, address, theme):
    """Nor does a page fail: the dark theme is seen in no other test."""
    page.emulate_media(color_scheme=theme)
    page.goto(f"{address}/data")
    page.get_by_role("heading", level=3).first.wait_for()
    settled(page)
    page.evaluate(f"{AXE}; 0")
    found = {}
    for name in PAGES:
        go(page, f"/{name}")
        expect(page.locator(".plot:empty")).to_have_count(0)  # the curves are drawn
        assert page.locator(FAILURE).count() == 0
        if serious := page.evaluate(FIND, [WCAG, OF_STREAMLIT]):
            found[name] = serious
    assert not found, json.dumps(found, indent=1)


def test_the_arrows_go_from_cell_to_cell_and_enter_chooses(page, address):
    page.goto(f"{address}/kernels?run=a0-simple-cnn&epoch=3")
    canvas = grid(page, "Kernels of conv1")
    settled(page)
    width = 5  # of a kernel
    canvas.focus()
    for _ in range(1 + width):  # the first press shows the first cell
        page.keyboard.press("ArrowRight")
    tip = canvas.locator("xpath=..").get_by_role("status")
    expect(tip).to_contain_text("1 · row 0, column 0")
    reached = tip.inner_text()
    page.keyboard.press("Tab")
    expect(tip).to_be_hidden()
    canvas.focus()
    for key in ("ArrowRight", "ArrowLeft"):  # it goes on from where it was
        page.keyboard.press(key)
    expect(tip).to_have_text(reached)
    page.keyboard.press("Enter")
    shows(page, kernel="1")
    settled(page)
    canvas.hover(position=cell(canvas, 1, 0, 0))
    expect(tip).to_have_text(reached)


def test_the_arrows_go_from_block_to_block_and_enter_chooses(page, address):
    page.goto(f"{address}/architectures")
    blocks = page.get_by_role("group", name="The blocks of simple-cnn").get_by_role("button")
    settled(page)
    blocks.first.focus()
    page.keyboard.press("ArrowRight")
    expect(blocks.nth(1)).to_be_focused()
    assert "conv1: convolution" in blocks.nth(1).get_attribute("aria-label")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=" of conv1 sees ")).to_be_visible()
    expect(blocks.nth(1)).to_be_focused()  # the picture with the new outline goes on from there


def test_a_cell_and_a_point_are_found_by_name_and_number(page, address):
    page.goto(f"{address}/confusion?run=a0-simple-cnn&epoch=1")
    settled(page)
    read_as = page.get_by_role("combobox", name="read as")
    read_as.focus()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    settled(page)
    page.get_by_role("combobox", name="Cell: the digit").focus()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="7 → 2: ")).to_be_visible()
    go(page, "/confusion?run=a0-simple-cnn&epoch=1&view=map-of-points")
    number = page.get_by_role("spinbutton", name="Image")
    number.fill("247")
    number.press("Enter")
    shows(page, point="247")
    expect(page.locator("figure small").first).to_contain_text("#247")
