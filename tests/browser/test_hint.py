"""The hint on a run with real clicks: where it stands, that it does not flicker, and what its button does."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from benchmarks.support.browser import settled
from tests.browser.conftest import SLOW_MOTION
from tests.browser.test_train import CHART, FEWER_IMAGES, button, fill

ONLY = "a0-simple-cnn"
BEFORE = FEWER_IMAGES + SLOW_MOTION
COUNT = """() => {
  window.gone = 0
  window.watching = setInterval(() => { window.gone += !document.querySelector('.hint') }, 20)
}"""


@pytest.fixture
def jumping(page, address):
    """A page on which a run trains at a rate far too large."""
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(address)
    button(page, "Start").wait_for()
    settled(page)
    fill(page, "Learning rate", 1)
    button(page, "Start").click()
    yield page
    if button(page, "Stop").is_enabled():
        button(page, "Stop").click()
    expect(button(page, "Start")).to_be_enabled()


def test_it_stands_above_the_curves_stays_and_its_button_sets_the_next_runs_rate(jumping):
    hint = jumping.locator(".hint")
    expect(hint).to_contain_text("The loss jumped from 2.3")
    jumping.locator(CHART).first.wait_for()
    jumping.evaluate(COUNT)
    box, curve = hint.bounding_box(), jumping.locator(CHART).first.bounding_box()
    assert box["y"] + box["height"] <= curve["y"] and curve["y"] < 600, "the curves have to stay in the window"
    take = jumping.locator(".st-key-train_hint_take button")
    beside = take.bounding_box()
    assert beside["x"] >= box["x"] + box["width"] and beside["y"] < box["y"] + box["height"]
    jumping.wait_for_timeout(2_000)  # two ticks at least
    assert jumping.evaluate("clearInterval(window.watching), window.gone") == 0, "it flickers"
    expect(take).to_contain_text("Use learning rate 0.01 in the next run")
    take.click()
    expect(take).to_contain_text("The next run has learning rate 0.01")
    button(jumping, "Stop").click()
    expect(button(jumping, "Start")).to_be_enabled()
    settled(jumping)
    expect(jumping.get_by_role("spinbutton", name="Learning rate")).to_have_value("0.01")
