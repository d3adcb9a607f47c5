"""The address bar with a real history and clipboard: Back and Forward, a link in a fresh browser, Copy link."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from benchmarks.support.browser import settled
from tests.browser.conftest import tab
from tests.browser.grids import cell, grid

MAP = "The map of one digit"


def query(page: Page) -> dict[str, str]:
    """The query of the page's address, each name with its last text."""
    return {name: texts[-1] for name, texts in parse_qs(urlsplit(page.url).query).items()}


def shows(page: Page, **texts: str | None) -> None:
    """Wait until the address says these texts, and none under the names of None."""

    def said(url: str) -> bool:
        found = {name: each[-1] for name, each in parse_qs(urlsplit(url).query).items()}
        return all(found.get(name) == text for name, text in texts.items())

    page.wait_for_url(said)


def open_page(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    expect(page).to_have_title(f"{name} · cnnlab")
    settled(page)


def epoch(page: Page):
    return page.get_by_role("slider", name="Epoch")


def test_back_and_forward_go_through_epochs_views_and_pages(page, address):
    page.goto(f"{address}/kernels?run=a0-simple-cnn&epoch=1")
    shows(page, run="a0-simple-cnn", epoch="1")
    settled(page)
    first = page.evaluate("history.length")
    epoch(page).focus()
    page.keyboard.press("Home")
    shows(page, epoch="0")
    expect(page.get_by_role("heading", name="untrained")).to_be_visible()
    page.get_by_text("Change since the epoch before").click()
    shows(page, epoch="0", view="change-since-the-epoch-before")
    open_page(page, "Shift")
    shows(page, run="a0-simple-cnn", epoch="0", view=None)
    page.get_by_text("Test set", exact=True).click()
    shows(page, view="test-set")
    assert page.evaluate("history.length") == first + 4, "one step each"

    page.go_back()
    shows(page, view=None)
    grid(page, MAP)
    page.go_back()
    expect(page).to_have_title("Kernels · cnnlab")
    shows(page, epoch="0", view="change-since-the-epoch-before")
    expect(page.get_by_text("This is the untrained network")).to_be_visible()
    page.go_back()
    shows(page, epoch="0", view=None)
    expect(page.get_by_role("heading", name="untrained")).to_be_visible()
    page.go_back()
    shows(page, epoch="1")
    expect(epoch(page)).to_have_attribute("aria-valuetext", re.compile("^1"))
    expect(page.get_by_role("heading", name="after epoch 1")).to_be_visible()
    for _ in range(4):
        page.go_forward()
        settled(page)
    shows(page, epoch="0", view="test-set")
    expect(page).to_have_title("Shift · cnnlab")
    expect(page.get_by_role("button", name="Measure 2,000 images")).to_be_visible()


def test_a_click_stands_in_the_link_and_a_fresh_browser_shows_the_same(page, address, browser):
    page.goto(f"{address}/shift")
    canvas = grid(page, MAP)
    settled(page)
    canvas.click(position=cell(canvas, 0, 14 - 6, 14 + 5))
    shows(page, dx="5", dy="-6")
    heading = page.get_by_role("heading", name="5 px right, 6 px up").inner_text()
    with tab(browser, permissions=["clipboard-read", "clipboard-write"]) as fresh:
        fresh.goto(page.url)
        expect(fresh.get_by_role("heading", name=heading)).to_be_visible()
        button = fresh.get_by_role("button", name="Copy link")
        button.focus()
        fresh.keyboard.press("Enter")
        expect(fresh.get_by_role("status").filter(has_text="Copied")).to_be_visible()
        assert fresh.evaluate("navigator.clipboard.readText()") == fresh.url
        assert query(fresh) == query(page)


def test_where_the_clipboard_is_closed_the_link_is_copied_the_old_way(page, address):
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject()")
    page.goto(f"{address}/runs")
    shows(page, run="draw")
    page.evaluate("document.addEventListener('copy', () => (window.copied = document.activeElement.value))")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    assert page.evaluate("window.copied") == page.url
    expect(page.locator("body > textarea")).to_have_count(0)


def test_sending_an_image_to_another_page_is_one_step(page, address):
    page.goto(f"{address}/confusion?run=a0-simple-cnn&epoch=3&view=gallery")
    send = page.get_by_role("button", name=re.compile("Send .* to the shift page")).first
    send.wait_for()
    settled(page)
    before = page.evaluate("history.length")
    send.click()
    expect(page).to_have_title("Shift · cnnlab")
    shows(page, run="a0-simple-cnn")
    settled(page)
    assert page.evaluate("history.length") == before + 1 and "image" in query(page)
    page.go_back()
    shows(page, view="gallery")
    expect(send).to_be_visible()


@pytest.mark.parametrize("typed", ["train", "train?run=a0-simple-cnn&epoch=0"])
def test_train_typed_by_hand_opens_without_a_complaint(page, address, typed):
    page.goto(f"{address}/{typed}")
    expect(page).to_have_title("Train · cnnlab")
    shows(page, run="a0-simple-cnn" if "?" in typed else "draw")
    settled(page)
    expect(page.get_by_text("Page not found")).to_have_count(0)
    assert urlsplit(page.url).path == "/"


def test_a_run_that_is_not_here_is_said_at_the_top(page, address):
    page.goto(f"{address}/anatomy?run=<img src=x>&epoch=99")
    said = page.get_by_test_id("stAlert").filter(has_text="There is no run")
    expect(said).to_have_text(re.compile("There is no run “<img src=x>” here: the page shows “draw”"))
    expect(page.get_by_role("heading", name="parameters")).to_be_visible()
    settled(page)
    epoch(page).focus()
    page.keyboard.press("Home")
    expect(said).to_have_count(0)
