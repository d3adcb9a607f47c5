"""The feature-maps page with real mouse events, and a drawing on its way to it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from torch.nn import functional as F

from benchmarks.support.browser import settled
from benchmarks.support.mouse import ONE, Pen
from cnnlab.data import datasets
from cnnlab.runs import store
from tests.browser.grids import cell, grid, revision, value

ONLY = "a0-simple-cnn"  # every page opens with it


@pytest.fixture
def maps(page, address):
    page.goto(f"{address}/feature_maps")
    grid(page, "Feature maps of conv1")
    settled(page)
    return page


@pytest.fixture
def model(runs):
    run = store.open_run(runs / ONLY)
    return store.load(run, run.epochs[-1]).model


def layer(page, name):
    page.get_by_text(re.compile(rf"^{name}$")).first.click()
    return grid(page, f"Feature maps of {name}")


def test_a_clicked_pixel_shows_the_sum_behind_it(maps, model):
    x = datasets.load("mnist")[1].images[:1] / 255
    conv1 = F.conv2d(x, model.conv1.weight, model.conv1.bias, padding=2)
    canvas = grid(maps, "Feature maps of conv1")
    canvas.click(position=cell(canvas, 4, 10, 13))
    expect(maps.get_by_text("The sum behind row 10, column 13 of map 4 of conv1")).to_be_visible()
    expected = f"{conv1[0, 4, 10, 13]:.4f}".replace("-", "−")
    expect(maps.get_by_text(f"The map says {expected}.")).to_be_visible()
    assert value(canvas, 4, 10, 13) == pytest.approx(conv1[0, 4, 10, 13].item(), abs=6e-5)
    sums = grid(maps, "The sum behind the pixel")
    patch, kernel, product = (value(sums, tile, 1, 2) for tile in range(3))
    assert patch == pytest.approx(x[0, 0, 9, 13].item(), abs=6e-5)
    assert kernel == pytest.approx(model.conv1.weight[4, 0, 1, 2].item(), abs=6e-5)
    assert product == pytest.approx(patch * kernel, abs=2e-4)


def test_a_deeper_pixel_has_a_row_an_input_channel(maps, model):
    x = datasets.load("mnist")[1].images[:1] / 255
    pooled = F.max_pool2d(F.conv2d(x, model.conv1.weight, model.conv1.bias, padding=2).relu(), 2)
    conv2 = F.conv2d(pooled, model.conv2.weight, model.conv2.bias, padding=2)
    canvas = layer(maps, "conv2")
    canvas.click(position=cell(canvas, 20, 5, 6))
    expect(maps.get_by_text("The sum behind row 5, column 6 of map 20 of conv2")).to_be_visible()
    expected = f"{conv2[0, 20, 5, 6]:.4f}".replace("-", "−")
    expect(maps.get_by_text(f"The map says {expected}.")).to_be_visible()
    maps.get_by_text("all 16 input channels").click()
    settled(maps)
    sums = grid(maps, "The sum behind the pixel")
    assert value(sums, 3 * 11 + 1, 0, 3) == pytest.approx(model.conv2.weight[20, 11, 0, 3].item(), abs=6e-5)


def test_images_by_index_digit_and_next_wrong(maps):
    canvas = grid(maps, "Feature maps of conv1")
    before = revision(canvas)
    maps.get_by_role("button", name="Next", exact=True).click()
    expect(maps.get_by_text(re.compile("Test image 1 is read as 2.*right"))).to_be_visible()
    expect(canvas).not_to_have_attribute("data-revision", before)
    maps.get_by_role("button", name="Next wrong").click()
    expect(maps.get_by_text(re.compile(r"is read as .* wrong, it is"))).to_be_visible()
    settled(maps)
    expect(maps.get_by_role("radio", name="Compare digits")).to_be_visible()
    expect(maps.get_by_role("button", name="Play the epochs")).to_be_visible()


def test_every_view_draws(maps):
    maps.get_by_text("All layers", exact=True).click()
    canvas = grid(maps, "Feature maps of all layers")
    canvas.click(position=cell(canvas, 5 * 8 + 2, 3, 3))  # pool2
    expect(maps.get_by_text(re.compile(r"of map 2 of conv2"))).to_be_visible()
    maps.get_by_text("Compare digits", exact=True).click()
    grid(maps, "Features of relu1 for 5 images")
    maps.get_by_text("Which pixels mattered", exact=True).click()
    grid(maps, "Which pixels mattered for 7")
    maps.get_by_role("button", name="3", exact=True).or_(maps.get_by_role("radio", name="3", exact=True)).first.click()
    grid(maps, "Which pixels mattered for 3")


def test_the_drawing_made_on_the_draw_page_appears_here(page, address):
    page.goto(f"{address}/draw")
    page.locator("canvas").first.wait_for()
    settled(page)
    Pen(page).draw(ONE)
    expect(page.locator("[data-bar]")).to_have_count(10)
    settled(page)
    page.get_by_role("link", name="Feature maps").click()
    grid(page, "Feature maps of conv1")
    page.get_by_text("Last drawing", exact=True).click()
    expect(page.get_by_text(re.compile("^Your drawing is read as"))).to_be_visible()
    digit = grid(page, "your drawing")
    assert max(value(digit, 0, 14, col) for col in range(11, 18)) > 0.5
    assert value(digit, 0, 14, 4) == 0
