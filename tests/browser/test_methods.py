"""The training page's further settings and the ensemble page with real clicks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from benchmarks.support.browser import settled
from tests.browser.conftest import SLOW_MOTION
from tests.browser.grids import grid, revision

BEFORE = SLOW_MOTION
PREVIEW = "Training images, and what augmentation makes of them"


@pytest.fixture
def train(page, address) -> Page:
    """The training page before anything was started."""
    page.goto(address)
    expect(button(page, "Start")).to_be_enabled()
    settled(page)
    return page


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=False).first


def section(page: Page, name: str) -> None:
    page.get_by_text(name, exact=True).first.click()
    settled(page)


def fill(page: Page, label: str, value: object) -> None:
    field = page.get_by_role("spinbutton", name=label, exact=False).first
    field.fill(str(value))
    field.press("Enter")
    settled(page)


def test_what_augmentation_does_is_seen_before_the_start(train):
    section(train, "Augmentation")
    fill(train, "Rotation", 30)
    before = revision(grid(train, PREVIEW))
    fill(train, "Erased", 1)
    expect(grid(train, PREVIEW)).to_be_visible()
    assert revision(grid(train, PREVIEW)) != before
    section(train, "Schedule and optimiser")
    expect(train.locator('[data-testid="stVegaLiteChart"]').first).to_be_visible()
    section(train, "Augmentation")
    expect(train.get_by_role("spinbutton", name="Rotation", exact=False).first).to_have_value("30")


def test_a_rate_is_found_taken_and_the_run_shows_its_gradients(train):
    section(train, "Find a rate")
    button(train, "Try learning rates").click()
    take = button(train, "Take")
    take.wait_for()
    settled(train)
    rate = take.inner_text().split()[-1]
    take.click()
    expect(train.get_by_role("spinbutton", name="Learning rate")).to_have_value(rate)
    train.get_by_text("Gradients layer by layer").click()
    train.get_by_text("error rate", exact=True).click()
    settled(train)
    button(train, "Start").click()
    expect(train.locator(".st-key-train_gradient_chart .legend")).to_contain_text("conv1")
    expect(train.get_by_text("Every layer gets its share", exact=False)).to_be_visible()
    button(train, "Stop").click()
    expect(button(train, "Start")).to_be_enabled()


def test_an_ensemble_is_kept_and_draws_like_a_network(page, address, runs):
    page.goto(f"{address}/ensemble")
    button(page, "Keep as a run").click()
    page.get_by_text("Kept as", exact=False).wait_for()
    assert (runs / "ensemble" / "run.json").exists()
    page.get_by_role("combobox", name="Run").first.click()
    page.get_by_role("option", name="ensemble", exact=False).first.click()
    settled(page)
    page.get_by_role("link", name="Kernels").click()
    expect(page.get_by_text("has no layers of its own", exact=False)).to_be_visible()
