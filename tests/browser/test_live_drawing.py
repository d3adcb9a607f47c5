"""The answer moves while the pen moves, and says why."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Page, expect

from benchmarks.support.browser import settled
from benchmarks.support.mouse import FOUR, ONE, SEVEN, Pen
from cnnlab import models
from cnnlab.data.drawing.preprocessing import prepare
from cnnlab.inspection.contributions import contributions
from cnnlab.runs import store
from tests.browser.conftest import ANSWER, tab

ONLY = "draw"
THREE = [
    (0.3, 0.2),
    (0.5, 0.12),
    (0.67, 0.25),
    (0.62, 0.38),
    (0.48, 0.47),
    (0.65, 0.56),
    (0.7, 0.7),
    (0.5, 0.87),
    (0.3, 0.8),
]
TO_EIGHT = [(0.3, 0.66), (0.4, 0.54), (0.48, 0.47), (0.34, 0.36), (0.3, 0.2)]


def slowly(page: Page, pen: Pen, points: list[tuple[float, float]]) -> None:
    """Move through the points as a hand does."""
    for start, end in zip(points, points[1:], strict=False):
        for part in np.linspace(start, end, 6)[1:]:
            pen.move(tuple(part))
            page.wait_for_timeout(15)


def ink_of(page: Page) -> np.ndarray:
    """What the canvas holds, uint8 [h, w]."""
    url = page.locator("canvas.dc-canvas.lower-canvas").evaluate("canvas => canvas.toDataURL()")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGBA"))[..., 0]


def probabilities(page: Page) -> list[float]:
    return page.locator("[data-bar]").evaluate_all("all => all.map(bar => Number(bar.dataset.p))")


def test_a_3_becomes_an_8_in_one_stroke_and_nothing_jumps_at_its_end(draw):
    live = []
    draw.on("response", lambda answer: live.append(answer) if "&layers=0" in answer.url else None)
    pen = Pen(draw)
    pen.down(THREE[0])
    slowly(draw, pen, THREE)
    expect(draw.locator(ANSWER)).to_have_text("3")
    slowly(draw, pen, [THREE[-1], *TO_EIGHT])
    expect(draw.locator(ANSWER)).to_have_text("8")
    pen.up()
    reading = draw.locator(".st-key-draw_prediction .reading")
    expect(reading).to_have_attribute("data-own", re.compile(r"\w{8}"))  # the page's own answer is there
    settled(draw)
    network = store.load(*store.find_run("draw")).model
    by_hand = models.probabilities_of(network, prepare(ink_of(draw)).image)
    np.testing.assert_allclose([bar["p"] for bar in live[-1].json()["answer"]["bars"]], by_hand, atol=1e-6)
    np.testing.assert_allclose(probabilities(draw), by_hand, atol=1e-6)
    assert live[-1].json()["answer"]["read"] == reading.get_attribute("data-own")
    assert len(live) > 10


def test_nothing_is_asked_while_the_pen_rests(draw):
    asked = []
    draw.on("request", lambda request: asked.append(request.url) if "/live/" in request.url else None)
    pen = Pen(draw)
    pen.down(ONE[0][0])
    slowly(draw, pen, ONE[0])
    expect(draw.locator(ANSWER)).to_have_text("1")
    draw.wait_for_timeout(500)
    before = len(asked)
    draw.wait_for_timeout(1000)
    assert len(asked) == before > 0
    pen.up()


def test_the_layers_and_the_lines_to_the_digits_follow_the_pen(draw):
    Pen(draw).draw(ONE)
    strip = draw.get_by_role("img", name="Feature maps layer by layer")
    strip.wait_for()
    settled(draw)
    strip.evaluate(
        """node => { window.drawn = new Set();
        new MutationObserver(() => drawn.add(node.dataset.revision)).observe(node, { attributes: true }); }"""
    )
    pen = Pen(draw)
    pen.down((0.2, 0.2))
    for turn in range(60):
        pen.move((0.5 + 0.3 * np.sin(turn / 5), 0.2 + turn / 120))
        draw.wait_for_timeout(30)
    assert draw.evaluate("drawn.size") >= 5
    pen.up()


def test_without_the_way_to_the_server_the_stroke_is_answered_at_its_end(browser, address):
    with tab(browser) as page:
        page.route("**/live/*", lambda route: route.fulfill(status=404, body="gone"))
        page.goto(f"{address}/draw")
        page.locator("canvas").first.wait_for()
        settled(page)
        pen = Pen(page)
        pen.down(ONE[0][0])
        slowly(page, pen, ONE[0])
        expect(page.locator(ANSWER)).to_have_text("Draw a digit")
        pen.up()
        expect(page.locator(ANSWER)).to_have_text("1")


def test_ctrl_z_takes_a_stroke_back(draw):
    Pen(draw).draw(SEVEN)
    expect(draw.locator(".st-key-draw_undo button")).to_be_enabled()
    expect(draw.locator(ANSWER)).to_have_text("7")
    settled(draw)
    draw.keyboard.press("Control+z")
    expect(draw.locator(ANSWER)).to_have_text("Draw a digit")
    draw.keyboard.press("Control+z")  # nothing is left
    settled(draw)
    expect(draw.locator(ANSWER)).to_have_text("Draw a digit")


@pytest.mark.parametrize(("width", "height"), [(390, 844), (820, 1180)])
def test_a_finger_draws_and_the_page_stays_where_it_is(browser, address, width, height):
    with tab(browser, has_touch=True) as phone:
        phone.set_viewport_size({"width": width, "height": height})
        phone.goto(f"{address}/draw")
        canvas = phone.locator("canvas.upper-canvas")
        canvas.wait_for()
        settled(phone)
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box["width"] >= min(280, width - 60) and box["x"] >= 0 and box["x"] + box["width"] <= width
        scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"
        before = phone.evaluate(scrolled)
        finger = phone.context.new_cdp_session(phone)

        def touch(kind: str, *points: tuple[float, float]) -> None:
            places = [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]} for x, y in points]
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

        touch("touchStart", (0.5, 0.15))
        for y in np.linspace(0.15, 0.85, 25)[1:]:
            touch("touchMove", (0.5, float(y)))
            phone.wait_for_timeout(20)
        expect(phone.locator(ANSWER)).to_have_text("1")  # while the finger is still down
        touch("touchEnd")
        expect(phone.locator(".st-key-draw_prediction .reading")).to_have_attribute("data-own", re.compile(r"\w{8}"))
        assert phone.evaluate(scrolled) == before
        expect(phone.locator(ANSWER)).to_have_text("1")


def test_a_clicked_bar_shows_the_sum_behind_its_logit(draw):
    Pen(draw).draw(FOUR)
    expect(draw.locator(ANSWER)).to_have_text("4")
    settled(draw)
    draw.get_by_role("button", name=re.compile("^4")).and_(draw.locator(".bar")).click()
    expect(draw.get_by_role("heading", name=re.compile("Why 4, why not"))).to_be_visible()
    settled(draw)
    image = prepare(ink_of(draw)).image
    why = contributions(store.load(*store.find_run("draw")).model, torch.from_numpy(image[None]))
    expect(draw.get_by_text(f"4: {why.logits[4]:.2f} = ")).to_be_visible()
    expect(draw.get_by_role("img", name="What the maps add to 4")).to_be_visible()
    expect(draw.get_by_role("img", name="What speaks for each answer, and where")).to_be_visible()
    table = draw.locator('[data-testid="stMarkdown"] table')
    expect(table).to_contain_text(f"{why.logits[4]:.2f}")
    draw.get_by_role("button", name=re.compile("^4")).and_(draw.locator(".bar")).click()
    expect(draw.get_by_role("heading", name=re.compile("Why 4"))).not_to_be_visible()


def test_a_letter_is_said_to_be_no_digit_and_a_digit_is_not(draw):
    doubt = draw.locator(".st-key-draw_doubt")
    Pen(draw).draw(FOUR)
    expect(doubt).to_contain_text(
        re.compile(r"Its best digit has \d+\.\d%; 99% of the validation digits reach \d+\.\d%")
    )
    expect(doubt).not_to_contain_text("does not look like a digit")
    draw.get_by_role("button", name="Clear").click()
    expect(draw.locator(ANSWER)).to_have_text("Draw a digit")
    settled(draw)
    Pen(draw).draw([[(0.3, 0.85), (0.3, 0.15)], [(0.3, 0.5), (0.7, 0.15)], [(0.4, 0.45), (0.72, 0.85)]])  # a K
    expect(doubt).to_contain_text("This does not look like a digit; the network can only answer 0 to 9.")
    assert draw.locator("[data-bar]").count() == 10, "the answer stays"
    expect(draw.get_by_role("img", name="The nearest training images")).to_be_visible()
