"""A race with real clicks: started, paused, stepped, followed, one lane seen to run away, stopped."""

from __future__ import annotations

from playwright.sync_api import expect

from benchmarks.support.browser import settled
from tests.browser.conftest import SLOW_MOTION
from tests.browser.grids import grid, revision

ONLY = "a0-simple-cnn"
TITLE = "Three rates"
BEFORE = (
    SLOW_MOTION
    + f"""
from cnnlab.training import ready_races
from cnnlab.training.config import TrainConfig
from cnnlab.training.races import ReadyRace, entries
first = TrainConfig(recipe="a0-simple-cnn", epochs=50, eval_images=100, options={{"channels": (4, 4), "hidden": 16}})
wild = first.replace(optimizer="sgd", learning_rate=100.0, weight_decay=1.0)
lanes = tuple(entries([first, first.replace(learning_rate=0.002), wild]))
ready_races.RACES["three"] = ReadyRace("three", "{TITLE}", "One of them runs away.", "train", lanes, 10.0)
"""
)
CARD = ".standings [data-lane]"


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def test_a_race_is_started_paused_stepped_followed_and_stopped(page, address):
    page.goto(address)
    settled(page)
    page.get_by_text("Race", exact=True).click()
    page.get_by_role("combobox", name="Ready race").click()
    page.get_by_role("option", name=TITLE).click()
    expect(page.get_by_role("button", name="learning rate 0.002")).to_be_visible()
    button(page, "Start").click()
    expect(page.locator(CARD)).to_have_count(3)
    expect(page.locator(CARD).nth(2)).to_contain_text("ran away at step")

    button(page, "Pause").click()
    expect(button(page, "Resume")).to_be_enabled()
    settled(page)
    where = page.locator(".race-progress").inner_text()
    button(page, "Step batch").click()
    expect(page.locator(".race-progress")).not_to_have_text(where)
    expect(button(page, "Resume")).to_be_enabled()
    button(page, "Resume").click()
    expect(page.locator(".st-key-train_race_loss canvas")).to_be_visible()

    page.get_by_text("Follow live training").click()
    page.get_by_role("link", name="Kernels").click()
    page.get_by_role("combobox", name="Lane").click()
    page.get_by_role("option", name="learning rate 0.002, as it learns").click()
    kernels = grid(page, "Kernels of conv1")
    expect(kernels).not_to_have_attribute("data-revision", revision(kernels))
    expect(page.get_by_role("combobox", name="Lane")).to_have_value("learning rate 0.002, as it learns")

    page.get_by_role("link", name="Train").click()
    button(page, "Stop").click()
    expect(button(page, "Start")).to_be_enabled()
    expect(page.locator(CARD).nth(0)).to_contain_text("stopped")
    page.get_by_role("link", name="Runs").click()
    page.get_by_role("combobox", name="Race").click()
    page.get_by_role("option", name=TITLE).click()
    settled(page)
    expect(page.get_by_text("They differ in 3 settings")).to_be_visible()
