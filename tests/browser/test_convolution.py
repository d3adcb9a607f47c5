"""The convolution and data pages with a real mouse and keyboard."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from playwright.sync_api import Locator, Page, expect
from torch.nn import functional as F

from benchmarks.support.browser import settled
from benchmarks.support.mouse import ONE, Pen
from cnnlab.data import datasets
from cnnlab.inspection.kernel_examples import A2_INPUT, A2_KERNEL, KERNELS
from tests.browser.grids import cell, grid, value
from tests.browser.held_messages import HeldMessages
from tests.browser.test_address import shows


@pytest.fixture
def player(page, address) -> Page:
    """The convolution page with A2's example."""
    page.goto(f"{address}/convolution")
    page.get_by_label("output row 2, column 2", exact=True).wait_for()
    settled(page)
    return page


def shown(page: Page, name: str = "output") -> list[list[float | None]]:
    """The numbers in an output grid; None where it is still empty."""
    found: dict[int, list] = {}
    for button in page.locator(f'[aria-label^="{name} row"]').all():
        row = int(re.search(r"row (\d+)", button.get_attribute("aria-label"))[1])
        text = button.inner_text().replace("−", "-")
        found.setdefault(row, []).append(float(text) if text else None)
    return list(found.values())


def by_torch(image: np.ndarray, kernel: np.ndarray, **setting) -> list[list[float]]:
    return F.conv2d(*(torch.from_numpy(each)[None, None] for each in (image, kernel)), **setting)[0, 0].tolist()


def sum_line(page: Page) -> Locator:
    return page.locator(".player .sum")


def view(page: Page, name: str) -> None:
    page.get_by_text(name, exact=True).first.click()
    settled(page)


def test_steps_and_clicks_show_their_sums_and_fill_the_output(player):
    assert shown(player) == [[4, None, None], [None] * 3, [None] * 3]
    expect(sum_line(player)).to_have_text("1·1 + 0·0 + 0·1 + 0·0 + 1·1 + 1·0 + 1·1 + 0·0 + 1·1 = 4")
    step, window = player.locator(".player"), player.locator(".window").first
    before = window.bounding_box()
    player.get_by_label("Step forth").click()
    expect(step).to_have_attribute("data-step", "1")
    expect(sum_line(player)).to_have_text("0·1 + 0·0 + 1·1 + 1·0 + 1·1 + 0·0 + 0·1 + 1·0 + 0·1 = 2")
    assert shown(player) == [[4, 2, None], [None] * 3, [None] * 3]
    # it glides
    window.evaluate("node => Promise.all(node.getAnimations().map(each => each.finished)).then(() => null)")
    cell_size = player.get_by_label("input row 0, column 0", exact=True).bounding_box()["width"]
    assert window.bounding_box()["x"] - before["x"] == pytest.approx(cell_size, abs=1)
    player.get_by_label("Step back").click()
    expect(step).to_have_attribute("data-step", "0")
    player.get_by_label("output row 2, column 0", exact=True).click()
    expect(player.locator(".player")).to_have_attribute("data-step", "6")
    expect(sum_line(player)).to_have_text("1·1 + 0·0 + 1·1 + 0·0 + 1·1 + 0·0 + 1·1 + 0·0 + 1·1 = 5")
    player.get_by_label("Show the whole output").click()
    assert shown(player) == [[4, 2, 2], [1, 4, 2], [5, 0, 5]]
    player.get_by_label("To the first step").click()
    assert shown(player)[0] == [4, None, None]


def test_play_fills_the_output_by_itself_and_pause_stops_it(player):
    player.get_by_role("button", name="1×").click()
    player.get_by_role("button", name="2×").click()  # now 4×
    player.get_by_role("button", name="Play").click()
    player.get_by_role("button", name="Pause").click()
    step = int(player.locator(".player").get_attribute("data-step"))
    assert step < 8
    player.get_by_role("button", name="Play").click()
    expect(player.locator(".player")).to_have_attribute("data-step", "8")
    expect(player.get_by_role("button", name="Play")).to_be_visible()
    assert shown(player) == [[4, 2, 2], [1, 4, 2], [5, 0, 5]]


AT_ONCE = "cells => cells.forEach((cell) => (cell.value = 7, cell.dispatchEvent(new Event('change'))))"


def test_an_edited_cell_changes_the_sum(player):
    player.get_by_label("input row 0, column 0", exact=True).fill("3")
    player.keyboard.press("Enter")
    expect(sum_line(player)).to_have_text(re.compile(r"^3·1 \+ .* = 6$"))
    middle = player.get_by_label("kernel row 1, column 1", exact=True)
    middle.fill("-0,5")
    middle.press("Tab")
    expect(sum_line(player)).to_have_text(re.compile(r"1·\(−0\.5\).* = 4\.5$"))
    middle.fill("many")
    middle.press("Tab")
    expect(middle).to_have_value("−0.5")
    for col in range(5):  # faster than the server answers
        player.get_by_label(f"input row 0, column {col}", exact=True).fill(str(col + 2))
    player.keyboard.press("Tab")
    shows(player, input="2_3_4_5_6~0_1_1_0_1~1_0_1_0_1~0_1_0_1_0~1_0_1_0_1", kernel="1_0_1~0_-0.5_0~1_0_1")
    settled(player)
    found = [player.get_by_label(f"input row 0, column {col}", exact=True).input_value() for col in range(5)]
    assert found == ["2", "3", "4", "5", "6"]
    image, kernel = A2_INPUT.copy(), A2_KERNEL.copy()
    image[0], kernel[1, 1] = range(2, 7), -0.5
    player.get_by_label("Show the whole output").click()
    assert shown(player) == by_torch(image, kernel)

    cells = [player.get_by_label(f"{grid} row 2, column 2", exact=True) for grid in ("input", "kernel")]
    player.evaluate(AT_ONCE, [cell.element_handle() for cell in cells])
    shows(player, input="2_3_4_5_6~0_1_1_0_1~1_0_7_0_1~0_1_0_1_0~1_0_1_0_1", kernel="1_0_1~0_-0.5_0~1_0_7")
    settled(player)
    assert [cell.input_value() for cell in cells] == ["7", "7"]
    image[2, 2] = kernel[2, 2] = 7
    assert shown(player) == by_torch(image, kernel)


def test_an_answer_that_comes_late_undoes_no_edit(page, address):
    """What a browser sends meanwhile says that the kernel is still the one of before."""
    messages, lasts = HeldMessages(page), []
    page.goto(f"{address}/convolution")
    page.locator(".player").wait_for()
    settled(page)
    for name, typed in (("kernel", "-0,5"), ("input", "3")):
        messages.holding = True
        field = page.get_by_label(f"{name} row 1, column 1", exact=True)
        field.fill(typed)
        field.press("Tab")
        messages.wait()
        lasts += messages.let_through(keep=1)  # all but that the run has ended
        page.wait_for_timeout(300)
    messages.holding = False
    messages.send(lasts)
    own = A2_INPUT.copy()
    own[1, 1] = 3
    shows(page, input="~".join("_".join(f"{n:g}" for n in row) for row in own), kernel="1_0_1~0_-0.5_0~1_0_1")


def test_stride_padding_and_dilation_move_the_window(player):
    group = lambda name: player.get_by_role("radiogroup", name=name).or_(player.get_by_role("group", name=name))  # noqa: E731
    for name, chosen in (("Padding p", "1"), ("Stride s", "2")):
        group(name).get_by_text(chosen, exact=True).click()
        settled(player)
    player.get_by_label("output row 2, column 2", exact=True).click()
    assert shown(player) == by_torch(A2_INPUT, A2_KERNEL, padding=1, stride=2)
    group("Dilation d").get_by_text("3", exact=True).click()
    settled(player)
    group("Padding p").get_by_text("0", exact=True).click()
    expect(player.get_by_text("A kernel of 3 at dilation 3 spans 7 pixels")).to_be_visible()


def test_a_digits_pixel_is_torchs_sum_and_the_last_drawing_is_there(page, address):
    page.goto(f"{address}/draw")
    page.locator("canvas").first.wait_for()
    settled(page)
    Pen(page).draw(ONE)
    expect(page.locator("[data-bar]")).to_have_count(10)
    settled(page)
    page.get_by_role("link", name="Convolution").click()
    page.get_by_label("output row 2, column 2", exact=True).wait_for()
    view(page, "A digit")
    image = datasets.load("mnist")[1].images[0, 0].numpy() / 255
    expected = by_torch(image, KERNELS["edges"][0])[12][14]
    canvas = page.get_by_role("img", name="output", exact=True)
    box = canvas.bounding_box()
    canvas.click(position={"x": (14 + 0.5) * box["width"] / 26, "y": (12 + 0.5) * box["height"] / 26})
    expect(page.locator(".where")).to_contain_text("row 12, column 14")
    expect(sum_line(page)).to_contain_text(f"= {expected:.3f}".rstrip("0").replace("-", "−"))
    page.get_by_text("Last drawing", exact=True).click()
    expect(page.get_by_text(re.compile("^Your drawing. Click"))).to_be_visible()


def test_channels_add_up_with_the_bias_and_pooling_takes_largest_and_mean(player):
    view(player, "Several channels")
    expect(sum_line(player)).to_have_text("4 (red) + 4 (green) + 0 (blue) + 1 (bias) = 9")
    player.get_by_label("kernel green row 0, column 2", exact=True).fill("5")
    player.keyboard.press("Enter")
    expect(sum_line(player)).to_have_text("4 (red) + 8 (green) + 0 (blue) + 1 (bias) = 13")
    view(player, "ReLU and pooling")
    player.get_by_label("Show the whole output").click()
    assert shown(player, "max") == [[6, 8], [14, 16]]
    assert shown(player, "average") == [[3.5, 5.5], [11.5, 13.5]]
    expect(sum_line(player)).to_contain_text("average: (11 + 12 + 15 + 16) / 4 = 13.5")


def test_the_data_page_says_a_pixels_number_and_draws_every_view(page, address):
    page.goto(f"{address}/data")
    samples = grid(page, "Samples of each class")
    settled(page)
    samples.click(position=cell(samples, 14 * 3 + 2, 5, 5))
    large = grid(page, "The image")
    expect(page.get_by_text(re.compile(r"^This 3 is 784 numbers"))).to_be_visible()
    settled(page)
    number = page.get_by_label("Training image")
    expect(number).not_to_have_value("0")  # the widget follows a moment after the sentence
    index = int(number.input_value())
    stored = datasets.load("mnist")[0].images[index, 0].numpy()
    row, col = np.unravel_index(stored.argmax(), stored.shape)
    assert value(large, 0, row, col) == stored[row, col]
    for name, picture in (
        ("Averages", "average of each class"),
        ("Augmentation", "What augmentation makes of them"),
    ):
        view(page, name)
        grid(page, picture)
    view(page, "Mean and spread")
    expect(page.get_by_text("0.130660").first).to_be_visible()
    expect(page.locator(".vega-embed canvas, .vega-embed svg")).to_have_count(3)
    view(page, "Splits")
    expect(page.locator(".vega-embed canvas, .vega-embed svg")).to_have_count(4)
