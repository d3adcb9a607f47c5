"""Presenter mode in a real window: nothing scrolls and no text is small on any page; what its keys do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from benchmarks.support.browser import settled
from tests.browser.conftest import SLOW_MOTION
from tests.browser.grids import cell, grid
from tests.browser.soft_address import go
from tests.browser.test_address import shows
from tests.support.study_runs import write_study

BEFORE = SLOW_MOTION
PROJECTOR, LAPTOP = {"width": 1920, "height": 1080}, {"width": 1366, "height": 768}
SMALLEST = 24 / 1080  # of the window's height
VIEWS = {  # of each page, or what its address says beside them
    "lessons": ("",),
    "data": ("samples", "one-image", "mean-and-spread", "averages", "splits", "augmentation"),
    "convolution": ("numbers", "a-digit", "several-channels", "relu-and-pooling"),
    "architectures": ("one-network", "compare-two", "build-your-own"),
    "": ("",),
    "draw": ("",),
    "classroom": ("join", "wall", "call-it-first"),
    "kernels": ("weights", "change-since-the-epoch-before"),
    "feature_maps": ("one-layer", "all-layers", "compare-digits", "which-pixels-mattered"),
    "anatomy": ("",),
    "shift": ("one-digit", "test-set", "side-by-side", "other-disturbances"),
    "confusion": ("confusion", "report", "gallery", "certainty", "map-of-points"),
    "ensemble": ("",),
    "runs": ("", "study=rates"),
}
EMPTY = "nothing is shown"
FAULTS = (Path(__file__).parent / "presented_faults.js").read_text()
SCALED = "document.documentElement.style.getPropertyValue('--present-zoom')"


@pytest.fixture(scope="module")
def runs(runs):
    write_study(runs / "a0-simple-cnn", runs, "rates")
    return runs


def faults(page: Page, size: dict[str, int]) -> list[str]:
    """What is wrong in a window of this size, once what fits itself into it has done so."""
    page.set_viewport_size(size)
    found: list[str] = []
    for attempt in range(300):
        page.wait_for_timeout(60)
        found = page.evaluate(FAULTS, SMALLEST * size["height"])
        if not found or (attempt > 30 and EMPTY not in found):  # empty: it is being worked out for the first time
            break
    return found


def transport(page: Page, label: str):
    return page.get_by_role("button", name=label, exact=True)


@pytest.mark.slow
@pytest.mark.parametrize("pages", [tuple(VIEWS)[:7], tuple(VIEWS)[7:]])
def test_every_view_fits_the_window_and_is_read_in_the_back_row(page, address, pages):
    page.set_viewport_size(PROJECTOR)
    page.goto(f"{address}/{pages[0]}?present=1")
    page.wait_for_function(SCALED)
    found = {}
    for name in pages:
        for view in VIEWS[name]:
            said = view if "=" in view else f"view={view}"
            go(page, f"/{name}?run=a0-simple-cnn&epoch=3&{said * bool(view)}&present=1")
            for size in (PROJECTOR, LAPTOP):
                if wrong := faults(page, size):
                    found[name, view, size["height"]] = wrong
    assert not found
    assert page.get_by_test_id("stSidebar").is_hidden()
    assert page.locator(".st-key-shared_present").is_hidden()


def test_keys_on_a_page_that_shows_an_epoch(page, address):
    page.goto(f"{address}/kernels?run=a0-simple-cnn&epoch=2")
    heading = page.get_by_role("heading", name="after epoch 2")
    expect(heading).to_be_visible()
    settled(page)
    page.keyboard.press("ArrowLeft")  # not while the page is as usual
    page.keyboard.press("p")
    shows(page, present="1", epoch="2")
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    bar = page.get_by_role("navigation", name="Presenter mode")
    expect(bar).to_contain_text("a0-simple-cnn")
    expect(bar).to_contain_text("epoch 2 of 3")
    page.keyboard.press("ArrowRight")
    shows(page, present="1", epoch="3")
    expect(page.get_by_role("heading", name="after epoch 3")).to_be_visible()
    expect(bar.get_by_role("button", name="The next epoch")).to_be_disabled()
    page.keyboard.press("ArrowLeft")
    shows(page, epoch="2")
    expect(heading).to_be_visible()
    settled(page)

    canvas = grid(page, "Kernels of conv1")
    before = canvas.get_attribute("data-revision")
    zoom = float(page.evaluate(SCALED))
    at = {axis: zoom * place for axis, place in cell(canvas, 5, 1, 1).items()}
    canvas.click(position=at)
    shows(page, kernel="5")
    expect(canvas).not_to_have_attribute("data-revision", before)

    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("the epoch before, the next")
    expect(keys).to_contain_text("full screen")
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    bar.get_by_role("button", name="Feature maps, the next page").click()
    expect(page).to_have_title("Feature maps · cnnlab")
    shows(page, present="1")
    settled(page)
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement === null")
    page.keyboard.press("Escape")
    shows(page, present=None)
    expect(page.get_by_test_id("stSidebar")).to_be_visible()


def test_a_cell_of_the_scaled_confusion_matrix_is_the_one_that_is_clicked(page, address):
    page.set_viewport_size(PROJECTOR)
    page.goto(f"{address}/confusion?run=a0-simple-cnn&epoch=3&present=1")
    page.wait_for_function(SCALED)
    number = page.locator(".vega-embed svg text").filter(has_text=re.compile("^11[0-9]{2}$")).first  # true 1, read as 1
    number.wait_for()
    settled(page)
    number.click(force=True)
    expect(page.get_by_role("heading", name=re.compile("^1 → 1: 1,1"))).to_be_visible()


def test_training_obeys_the_keys(page, address):
    page.goto(f"{address}/?present=1")
    page.wait_for_function(SCALED)
    transport(page, "Start").click()
    state = page.locator(".progress")
    expect(state).to_contain_text("running · step")
    assert [each.inner_text() for each in state.locator("div > span").all()][1:] == ["Epoch", "Time left"]
    settled(page)
    page.keyboard.press("Space")
    expect(state).to_contain_text("paused · step")
    expect(page.get_by_role("navigation", name="Presenter mode")).to_contain_text("paused")
    settled(page)
    step = int(re.search(r"step ([\d,]+)", state.inner_text()).group(1).replace(",", ""))
    page.keyboard.press("ArrowRight")
    expect(state).to_contain_text(f"step {step + 1:,} of")
    assert not faults(page, PROJECTOR) and not faults(page, LAPTOP)
    page.keyboard.press("Space")
    expect(state).to_contain_text("running · step")
    settled(page)
    page.keyboard.press("p")
    shows(page, present=None)
    transport(page, "Stop").click()
    expect(page.get_by_role("heading", name=re.compile("Stopped"))).to_be_visible()


def test_letters_that_are_typed_are_no_keys(page, address):
    page.goto(f"{address}/runs")
    field = page.get_by_role("textbox", name="Filter")
    field.wait_for()
    settled(page)
    field.press_sequentially("pop? f")
    field.press("Enter")
    shows(page, words="pop? f", present=None)
    expect(field).to_have_value("pop? f")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    field.blur()
    page.keyboard.press("p")
    shows(page, present="1")
