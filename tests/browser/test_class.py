"""A class in two real browsers: a phone that is touched, and the projector."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from benchmarks.support.browser import settled
from tests.browser.conftest import WINDOW, clean

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
CLOSED = r"403 \(Forbidden\)"  # what a phone is told that looks whether the class is open again
FOUR = [[(0.36, 0.2), (0.3, 0.5), (0.72, 0.5)], [(0.62, 0.2), (0.6, 0.85)]]
ONE = [[(0.5, 0.15), (0.5, 0.85)]]


@pytest.fixture(scope="module")
def projector(browser, address):
    """The class page of the one at the machine, the class open."""
    context = browser.new_context(viewport=WINDOW)
    with clean(context) as page:
        page.goto(f"{address}/classroom")
        page.get_by_role("button", name="Open the class").click()
        expect(page.get_by_text(re.compile(r":\d+/join"))).to_be_visible()
        yield page
    context.close()


@pytest.fixture
def phone(browser, address, projector):
    """A phone that has joined by the address of the QR code."""
    context = browser.new_context(**PHONE)
    with clean(context, CLOSED) as page:
        shown = projector.get_by_text(re.compile(r":\d+/join"))
        if not shown.count():
            view(projector, "Join")
        port = re.search(r":(\d+)/join", shown.inner_text())[1]
        assert address.endswith(port)
        page.goto(f"{address}/join")
        expect(page.locator("#draw")).to_be_visible()
        yield page
    context.close()


def view(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).click()
    settled(page)


def finger(page: Page, strokes) -> None:
    """Draw with one finger: real touch events."""
    session = page.context.new_cdp_session(page)
    box = page.locator("#canvas").bounding_box()
    for points in strokes:
        places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
        start, *rest = [
            (a[0] + (b[0] - a[0]) * step / 6, a[1] + (b[1] - a[1]) * step / 6)
            for a, b in zip(places, places[1:], strict=False)
            for step in range(7)
        ]
        touch(session, "touchStart", [start])
        for place in rest:
            touch(session, "touchMove", [place])
        touch(session, "touchEnd", [])


def touch(session, kind: str, places) -> None:
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in places]})


def test_a_finger_draws_and_the_drawing_comes_to_the_wall(projector, phone):
    expect(projector.get_by_text("1 phone is in")).to_be_visible()
    view(projector, "Wall")
    before = phone.evaluate("scrollY")
    finger(phone, FOUR)
    expect(phone.locator("#digit")).to_have_text("4")
    assert phone.evaluate("scrollY") == before
    expect(phone.get_by_role("button", name="Send")).to_be_disabled()
    phone.get_by_role("button", name="4", exact=True).click()
    phone.get_by_label("Nickname").fill("<b>Anna</b>")
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("status")).to_contain_text("Sent")
    tile = projector.locator(".wall button")
    expect(tile).to_have_count(1)
    expect(tile.locator(".read")).to_have_text("4")
    expect(tile.locator(".mark")).to_have_text("✓")
    expect(tile.locator(".name")).to_have_text("<b>Anna</b>")


def test_the_epoch_slider_reads_the_whole_wall_again(projector, phone):
    finger(phone, ONE)
    expect(phone.locator("#digit")).to_have_text("1")
    phone.get_by_role("button", name="7", exact=True).click()
    phone.get_by_role("button", name="Send").click()
    view(projector, "Wall")
    expect(projector.locator(".wall button .read").first).to_have_text("7 → 1")
    expect(projector.locator(".wall button .mark").first).to_have_text("✗")
    shown = projector.locator(".wall .read").all_inner_texts()
    slider = projector.get_by_role("slider", name="Epoch")
    slider.press("Home")
    settled(projector)
    expect(projector.get_by_text("draw, epoch 0")).to_be_visible()
    assert projector.locator(".wall .read").all_inner_texts() != shown
    slider.press("End")
    settled(projector)
    expect(projector.locator(".wall button .read").first).to_have_text("7 → 1")


def test_a_drawing_is_hidden_removed_and_sent_to_other_pages(projector, phone):
    view(projector, "Wall")
    tiles = projector.locator(".wall button")
    before = tiles.count()
    for _ in range(2):
        finger(phone, ONE)
        phone.get_by_role("button", name="1", exact=True).click()
        phone.get_by_role("button", name="Send").click()
        expect(phone.get_by_role("status")).to_contain_text("Sent")
    expect(tiles.first.locator(".read")).to_have_text("1")
    count = before + 2
    expect(tiles).to_have_count(count)
    settled(projector)
    tiles.first.click()
    projector.get_by_role("button", name="Hide").click()
    expect(tiles).to_have_count(count - 1)
    tiles.first.click()
    projector.get_by_role("button", name="Remove").click()
    expect(tiles).to_have_count(count - 2)
    projector.get_by_role("button", name="Show the 1 hidden drawing").click()
    expect(tiles).to_have_count(count - 1)
    tiles.first.click()
    projector.get_by_role("button", name="Feature maps").click()
    expect(projector.get_by_role("img", name="your drawing").first).to_be_visible()
    projector.get_by_role("link", name="Class", exact=True).click()
    expect(projector.get_by_role("radio", name="Wall")).to_be_visible()


def test_the_class_votes_and_the_truth_stands_beside_it(projector, phone):
    view(projector, "Call it first")
    projector.get_by_role("button", name="Ask the class").click()
    expect(phone.locator("#question")).to_contain_text("After the first epoch")
    phone.get_by_label("Your answer").fill("250")
    phone.get_by_role("button", name="Answer").click()
    expect(phone.get_by_role("status")).to_contain_text("Type a number from 0 to 100")
    phone.get_by_label("Your answer").fill("95")
    phone.get_by_role("button", name="Answer").click()
    expect(projector.get_by_text("1 of 1 have answered")).to_be_visible()
    assert projector.locator('[data-testid="stVegaLiteChart"]').count() == 0
    projector.get_by_role("button", name="Reveal").click()
    expect(projector.locator('[data-testid="stVegaLiteChart"]')).to_be_visible()
    expect(phone.get_by_text("You said 95 %.")).to_be_visible()
    expect(phone.locator("#truth")).to_contain_text("It is 9")
    projector.get_by_role("button", name="Next question").click()
    expect(phone.locator("#draw")).to_be_visible()


def test_the_wall_follows_a_network_while_it_learns(projector, phone):
    view(projector, "Wall")
    if not projector.locator(".wall button").count():
        finger(phone, FOUR)
        phone.get_by_role("button", name="4", exact=True).click()
        phone.get_by_role("button", name="Send").click()
    projector.get_by_role("link", name="Train", exact=True).click()
    projector.get_by_role("button", name="Start", exact=True).click()
    expect(projector.get_by_role("button", name="Pause")).to_be_enabled()
    projector.get_by_role("link", name="Class", exact=True).click()
    projector.get_by_text("Follow live training").click()
    metric = projector.get_by_test_id("stMetric").filter(has_text="MNIST validation images")
    first = metric.inner_text()
    expect(projector.locator(".wall button").first).to_be_visible()
    finger(phone, ONE)
    expect(phone.locator("#digit")).not_to_have_text("Draw a digit")
    expect(metric).not_to_have_text(first, use_inner_text=True)
    projector.get_by_role("link", name="Train", exact=True).click()
    projector.get_by_role("button", name="Stop").click()
    expect(projector.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    projector.get_by_role("link", name="Class", exact=True).click()
    expect(projector.get_by_text("MNIST test set")).to_be_visible()


def test_a_phone_that_slept_sees_at_once_what_is_open_now(projector, phone):
    view(projector, "Join")
    phone.evaluate("stream.close()")  # as a phone does that goes to sleep
    projector.get_by_text("Let them draw").click()
    expect(projector.get_by_text("0 phones are in")).to_be_visible()
    expect(phone.locator("#draw")).to_be_visible()
    phone.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
    expect(phone.locator("#wait")).to_be_visible()
    projector.get_by_text("Let them draw").click()
    expect(phone.locator("#draw")).to_be_visible()


@pytest.mark.parametrize("size", [(390, 844), (844, 390), (820, 1180)])
def test_the_phones_page_fits(phone, size):
    phone.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    finger(phone, ONE)
    expect(phone.locator("#digit")).to_have_text("1")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = phone.locator("#canvas").bounding_box()
    assert box["y"] + box["height"] <= size[1] and min(box["width"], box["height"]) >= 240
    assert abs(box["width"] - box["height"]) < 1


def test_the_class_is_closed_and_opened_again(projector, phone):
    view(projector, "Join")
    projector.get_by_role("button", name="Close the class").click()
    expect(phone.get_by_text("The class is closed")).to_be_visible()
    projector.get_by_role("button", name="Open the class").click()
    expect(phone.locator("#draw")).to_be_visible()
