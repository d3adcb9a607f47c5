"""The architectures page with real clicks: blocks, units, and a network of one's own up to its kernels."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect

from benchmarks.support.browser import settled
from tests.browser.grids import cell, grid, revision


def test_a_click_on_a_block_and_one_on_a_unit_move_the_outline(page, address):
    page.goto(f"{address}/architectures")
    blocks = page.get_by_role("group", name="The blocks of simple-cnn")
    expect(blocks).to_be_visible()
    settled(page)
    expect(page.get_by_role("heading", name="of pool2 sees 33% of the 28×28 pixels: 16×16")).to_be_visible()
    blocks.locator('[data-layer="conv2"]').click()
    expect(page.get_by_role("heading", name="Unit (7, 7) of conv2 sees 25% of the 28×28 pixels: 14×14")).to_be_visible()
    field = grid(page, "What unit (7, 7) of conv2 sees")
    before = revision(field)
    field.click(position=cell(field, 1, 0, 13))
    expect(page.get_by_role("heading", name=re.compile(r"Unit \(0, 13\) of conv2.*cut off.*to 8×8"))).to_be_visible()
    assert revision(grid(page, "What unit (0, 13) of conv2 sees")) != before


def type_into_first_layer(page, name: str, value: str) -> None:
    field = page.locator(f".st-key-architectures_layer_1_{name}").get_by_role("spinbutton")  # not whichever is first
    field.fill(value)
    field.press("Enter")
    settled(page)


def test_a_network_is_built_trained_for_an_epoch_and_seen_on_the_kernels_page(page, address, runs):
    page.goto(f"{address}/architectures")
    page.get_by_text("Build your own").click()
    expect(page.get_by_role("heading", name="Every layer fits")).to_be_visible()
    settled(page)
    for name, value in (("kernel", "31"), ("padding", "0")):
        type_into_first_layer(page, name, value)
    expect(page.get_by_text("Layer 1 (convolution 31×31) does not fit: the image gives maps")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    for name, value in (("kernel", "7"), ("stride", "4"), ("channels", "4")):
        type_into_first_layer(page, name, value)
    for number in range(3, 8):  # from the first pooling to the second: what is left trains in seconds
        page.locator(f".st-key-architectures_layer_{number}_away").get_by_role("button").click()
        settled(page)
    expect(page.get_by_role("heading", name="Every layer fits: 5,170 parameters")).to_be_visible()
    page.get_by_role("textbox", name="Name").fill("tiny-net")
    page.get_by_role("textbox", name="Name").press("Enter")
    settled(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("is saved: it is among the networks")).to_be_visible()
    layers = json.loads((runs / "networks" / "tiny-net.json").read_text())["layers"]
    assert layers[0] == {"kind": "conv", "channels": 4, "kernel": 7, "stride": 4, "padding": 0}

    page.get_by_role("button", name="Train it").click()
    expect(page.get_by_role("combobox", name="Network", exact=True)).to_have_value("tiny-net")
    for name, value in (("Epochs", "1"), ("Batch size", "500")):
        field = page.get_by_role("spinbutton", name=name)
        field.fill(value)
        field.press("Enter")
        settled(page)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", name=re.compile(r"\d\d\.\d % of 10,000 test digits right"))).to_be_visible(
        timeout=120_000
    )
    expect(page.get_by_role("combobox", name="Run", exact=True)).to_have_value(
        re.compile(r"tiny-net-epochs-1-batch-500 · \d\d\.\d%")
    )
    page.get_by_role("link", name="Kernels").click()
    grid(page, "Kernels of conv1")
    expect(page.get_by_text("4 output channels, 1 input channel, 7 high, 7 wide")).to_be_visible()
    page.get_by_role("link", name="Feature maps").click()
    settled(page, 1.0)
    expect(page.get_by_text("conv1").first).to_be_visible()
