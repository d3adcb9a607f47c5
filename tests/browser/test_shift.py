"""The shift page with real mouse and keyboard: slider, map, and the sweep over the test set."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect
from scipy import ndimage

from benchmarks.support.browser import settled
from cnnlab.runs.store import find_run, load
from cnnlab.training.config import TrainConfig
from tests.browser.grids import cell, grid, revision, value
from tests.support.prepared import trained_to_the_end

FEW = 400  # images
BEFORE = f"from cnnlab.ui.shift import measurements as m; m.COUNTS[m.FEW] = {FEW}"  # 289 offsets of 2,000 take a minute
MAP, SWEEP = "The map of one digit", "The map of the test set"


@pytest.fixture(scope="module")
def runs(small, tmp_path_factory) -> Path:
    """Instead of the shipped runs: a narrow one of two epochs on 2,000 images: shifts confuse it, sweeps go fast."""
    folder = tmp_path_factory.mktemp("runs")
    config = TrainConfig(recipe="small", options={"channels": (4, 8)}, epochs=2, batch_size=50, device="cpu")
    trained_to_the_end(config, small, folder)
    return folder


@pytest.fixture
def opened(page, address) -> Page:
    """The shift page, its map drawn."""
    page.goto(f"{address}/shift")
    grid(page, MAP)
    settled(page)
    return page


@pytest.fixture(scope="module")
def model(runs):
    return load(*find_run("small", runs)).model


def by_hand(model, image: np.ndarray, dx: int, dy: int) -> torch.Tensor:
    """The probabilities of one image moved by SciPy."""
    moved = ndimage.shift(image, (0, dy, dx), order=0)
    return model(torch.from_numpy(moved)[None].float() / 255).softmax(1)[0]


def open_view(page: Page, name: str) -> None:
    page.get_by_text(name, exact=True).first.click()
    settled(page)


def test_it_opens_with_the_articles_experiment(opened, model, mnist):
    image = mnist[1].images[4].numpy()
    after = by_hand(model, image, -3, 0)
    said = re.compile(rf"Test image 4, 3 px left, is .*read as {after.argmax()}, {after.max():.1%} sure")
    expect(opened.get_by_role("heading", name=said)).to_be_visible()
    digit = grid(opened, "The image before and after")
    row, col = np.unravel_index(image[0].argmax(), (28, 28))
    assert value(digit, 0, row, col) == value(digit, 1, row, col - 3) == pytest.approx(image.max() / 255, abs=1e-3)
    grid(opened, "relu1 before and after")
    grid(opened, "relu2 before and after")


def test_the_slider_moves_the_digit(opened, model, mnist):
    digit = grid(opened, "The image before and after")
    before = revision(digit)
    opened.get_by_role("slider", name="Right (−: left)").focus()
    for _ in range(5):
        opened.keyboard.press("ArrowRight")
    settled(opened)
    after = by_hand(model, mnist[1].images[4].numpy(), 2, 0)
    said = re.compile(rf"Test image 4, 2 px right, .*read as {after.argmax()}, {after.max():.1%}")
    expect(opened.get_by_role("heading", name=said)).to_be_visible()
    assert revision(digit) != before


def test_a_click_on_the_map_moves_the_digit_there(opened, model, mnist):
    canvas = grid(opened, MAP)
    canvas.click(position=cell(canvas, 0, 14 - 6, 14 + 5))
    said = re.compile("Test image 4, 5 px right, 6 px up,")
    expect(opened.get_by_role("heading", name=said)).to_be_visible()
    settled(opened)
    expected = by_hand(model, mnist[1].images[4].numpy(), 5, -6)[4].item()
    assert value(canvas, 0, 14 - 6, 14 + 5) == pytest.approx(expected, abs=1e-3)
    expect(opened.get_by_text("-6 px", exact=True)).to_be_visible()


def test_a_sweep_starts_is_cancelled_ends_and_is_there_on_return(opened, model, mnist):
    open_view(opened, "Test set")
    start = opened.get_by_role("button", name=f"Measure {FEW} images at 289 offsets")
    start.click()
    expect(opened.get_by_text(re.compile("Measuring: "))).to_be_visible()
    opened.get_by_role("button", name="Cancel").click()
    expect(start).to_be_visible()
    expect(opened.get_by_text(re.compile("Measuring: "))).to_have_count(0)
    start.click()
    expect(opened.get_by_text(re.compile("small reads .* right where they are"))).to_be_visible(timeout=240_000)
    canvas = grid(opened, SWEEP)
    settled(opened)
    chosen = np.arange(FEW) * 10_000 // FEW
    images, labels = mnist[1].images.numpy()[chosen], mnist[1].labels.numpy()[chosen]
    for dx, dy in ((0, 0), (-5, 3)):
        moved = ndimage.shift(images, (0, 0, dy, dx), order=0)
        right = model(torch.from_numpy(moved).float() / 255).argmax(1).numpy() == labels
        assert value(canvas, 0, 8 + dy, 8 + dx) == pytest.approx(right.mean(), abs=1e-3)

    opened.reload()
    grid(opened, MAP)
    open_view(opened, "Test set")
    grid(opened, SWEEP)
    expect(start).to_have_count(0)

    open_view(opened, "Side by side")
    expect(opened.get_by_role("heading", name=re.compile("Moved by 4 px, small reads"))).to_be_visible()


def test_other_disturbances_are_measured_by_themselves(opened):
    open_view(opened, "Other disturbances")
    grid(opened, "rotation of one image")
    expect(opened.get_by_role("heading", name=re.compile(r"small .*(right|undisturbed)"))).to_be_visible(
        timeout=120_000
    )
    opened.get_by_text("occlusion", exact=True).click()
    grid(opened, "occlusion of one image")
    expect(opened.locator('[data-testid="stVegaLiteChart"]').first).to_be_visible(timeout=120_000)
