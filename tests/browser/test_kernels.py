"""The kernels page with real mouse events."""

from __future__ import annotations

import hashlib
import re

import pytest
from playwright.sync_api import expect

from benchmarks.support.browser import settled
from cnnlab.data import datasets
from cnnlab.inspection.ablation import ablated, count_right
from cnnlab.runs import store
from tests.browser.conftest import SLOW_MOTION
from tests.browser.grids import cell, grid, revision, value

BEFORE = SLOW_MOTION
ONLY = "a0-simple-cnn"  # every page opens with it


@pytest.fixture
def kernels(page, address):
    page.goto(f"{address}/kernels")
    grid(page, "Kernels of conv1")
    settled(page)
    return page


@pytest.fixture
def run(runs):
    return store.open_run(runs / ONLY)


def epoch_slider(page):
    return page.locator('[data-testid="stSidebar"] [data-testid="stSlider"] input')


def weight(run, epoch, kernel, row, col):
    return store.load(run, epoch).model.conv1.weight[kernel, 0, row, col].item()


def test_scrubbing_the_epochs_moves_the_kernels(kernels, run):
    canvas = grid(kernels, "Kernels of conv1")
    for step, epoch in enumerate(reversed(run.epochs)):
        if step:
            before = revision(canvas)
            epoch_slider(kernels).press("ArrowLeft")
            expect(canvas).not_to_have_attribute("data-revision", before)
        assert value(canvas, 5, 1, 3) == pytest.approx(weight(run, epoch, 5, 1, 3), abs=6e-5)
    expect(kernels.get_by_text("untrained")).to_be_visible()


def test_play_shows_every_epoch_and_stops_at_the_last(kernels, run):
    canvas = grid(kernels, "Kernels of conv1")
    last, seen = revision(canvas), set()
    kernels.get_by_role("button", name="Play the epochs").click()
    expect(kernels.get_by_role("button", name="Pause")).to_be_visible()
    while kernels.get_by_role("button", name="Pause").count():
        seen.add(revision(canvas))
        kernels.wait_for_timeout(50)
    settled(kernels)
    assert revision(canvas) == last
    assert len(seen | {last}) == len(run.epochs)


def test_the_change_since_the_epoch_before_is_a_difference_of_weights(kernels, run):
    kernels.get_by_role("radio", name="Change since the epoch before").or_(
        kernels.get_by_role("button", name="Change since the epoch before")
    ).first.click()
    expect(kernels.get_by_text("moved most")).to_be_visible()
    settled(kernels)
    last, before = run.epochs[-1], run.epochs[-2]
    expected = weight(run, last, 9, 4, 0) - weight(run, before, 9, 4, 0)
    assert value(grid(kernels, "Kernels of conv1"), 9, 4, 0) == pytest.approx(expected, abs=6e-5)


def test_a_click_puts_a_kernel_of_any_layer_under_the_magnifier(kernels, run):
    canvas = grid(kernels, "Kernels of conv1")
    canvas.click(position=cell(canvas, 11, 2, 2))
    expect(kernels.get_by_role("heading", name="Kernel 11")).to_be_visible()
    assert value(grid(kernels, "Kernel 11 of conv1"), 0, 4, 4) == pytest.approx(
        weight(run, run.epochs[-1], 11, 4, 4), abs=6e-5
    )
    expect(kernels.get_by_role("img", name="The digits that excite kernel 11 of conv1 most")).to_be_visible()

    kernels.get_by_text("conv2", exact=True).first.click()
    expect(kernels.get_by_text("32 output channels, 16 input channels, 5 high, 5 wide")).to_be_visible()
    canvas = grid(kernels, "Kernels of conv2")
    canvas.click(position=cell(canvas, 3 * 32 + 7, 2, 2))  # input 3 → output 7
    expect(kernels.get_by_role("heading", name="Kernel 7")).to_be_visible()
    slices = grid(kernels, "Kernel 7 of conv2")
    expected = store.load(run, run.epochs[-1]).model.conv2.weight[7, 15, 0, 4].item()
    assert value(slices, 15, 0, 4) == pytest.approx(expected, abs=6e-5)


def test_knocking_out_and_restoring_changes_nothing_on_disk(kernels, run):
    files = {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in run.path.iterdir()}
    kernels.get_by_text("Knock it out", exact=True).click()
    model = store.load(run, run.epochs[-1]).model
    test = datasets.load("mnist")[1]
    whole, without = count_right(model, test), count_right(ablated(model, {"conv1": [3, 6]}), test)
    expect(kernels.get_by_text(f"The whole network reads {whole.accuracy:.1%} rightly")).to_be_visible()
    for kernel in ("3", "6"):
        kernels.get_by_role("button", name=kernel, exact=True).click()
        settled(kernels)
    expect(
        kernels.get_by_text(f"Without 3 and 6: {whole.accuracy:.1%} → {without.accuracy:.1%} right", exact=False)
    ).to_be_visible()
    kernels.get_by_role("button", name="Switch all on again").click()
    expect(kernels.get_by_text(f"The whole network reads {whole.accuracy:.1%} rightly")).to_be_visible()
    assert files == {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in run.path.iterdir()}


def test_kernels_move_by_themselves_while_training_is_followed(page, address):
    page.goto(address)
    page.get_by_role("button", name="Start").wait_for()
    settled(page)
    page.get_by_role("button", name="Start").click()
    page.get_by_text("Follow live training").click()
    settled(page)
    page.get_by_role("link", name="Kernels").click()
    canvas = grid(page, "Kernels of conv1")
    seen = {revision(canvas)}
    for _ in range(3):
        expect(canvas).not_to_have_attribute("data-revision", revision(canvas))
        seen.add(revision(canvas))
    page.get_by_role("link", name="Train").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Start")).to_be_enabled()
    assert len(seen) > 3


def test_anatomy_names_the_silent_units(page, address):
    page.goto(f"{address}/anatomy")
    expect(page.get_by_text(re.compile(r"215,370 parameters"))).to_be_visible()
    grid(page, "Largest values of conv1")
    expect(page.get_by_text(re.compile(r"never become active|No channel is dead"))).to_be_visible()
