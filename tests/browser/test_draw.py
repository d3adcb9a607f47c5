"""The draw page with a real mouse."""

from __future__ import annotations

import io
import re
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from benchmarks.support.browser import settled
from benchmarks.support.mouse import FOUR, ONE, SEVEN, Pen
from tests.browser.conftest import ANSWER, SLOW_MOTION, tab

BEFORE = SLOW_MOTION


def test_a_blank_canvas_asks_for_a_digit_each_stroke_is_read_as_it_ends_and_clear_empties_it(draw):
    expect(draw.locator(ANSWER)).to_have_text("Draw a digit")
    assert draw.locator("[data-bar]").count() == 0
    pen = Pen(draw)
    pen.stroke(FOUR[0])
    expect(draw.locator("[data-bar]")).to_have_count(10)
    pen.stroke(FOUR[1])
    expect(draw.locator(ANSWER)).to_have_text("4")
    widths = draw.locator("[data-bar]").evaluate_all("all => all.map(bar => parseFloat(bar.style.width))")
    assert len(widths) == 10 and abs(sum(widths) - 100) < 1 and max(widths) == widths[4]
    expect(draw.get_by_role("img", name="How the drawing was prepared")).to_be_visible()
    expect(draw.get_by_role("img", name="Feature maps layer by layer")).to_be_visible()
    draw.get_by_role("button", name="Clear").click()
    expect(draw.locator(ANSWER)).to_have_text("Draw a digit")


def undo(page: Page) -> None:
    settled(page)  # the answer comes before the page knows of the stroke
    page.locator(".st-key-draw_undo button").click()
    settled(page)


def test_undo_takes_back_a_stroke(draw):
    pen = Pen(draw)
    pen.draw(SEVEN)
    expect(draw.locator(ANSWER)).to_have_text("7")
    undo(draw)
    expect(draw.locator(ANSWER)).to_have_text("Draw a digit")
    pen.draw(FOUR)
    expect(draw.locator(ANSWER)).to_have_text("4")
    for _ in range(2):  # the second time the canvas is to load the same stroke again
        undo(draw)
        expect(draw.locator(ANSWER)).not_to_have_text("4")
        pen.stroke(FOUR[1])
        expect(draw.locator(ANSWER)).to_have_text("4")


def test_no_tool_of_the_canvas_can_stop_the_pen(draw):
    """Its pencil is *Edit*: once pressed, nothing could be drawn any more."""
    pen = Pen(draw)
    pen.draw(ONE)
    expect(draw.locator(ANSWER)).to_have_text("1")
    pen.hover()
    draw.wait_for_timeout(500)  # the toolbar would have come up by now
    for tool in draw.locator(".dc-icon-button").all():
        with pytest.raises(PlaywrightTimeoutError):
            tool.click(timeout=300)


def test_what_was_drawn_is_there_on_coming_back_and_on_other_pages(draw):
    Pen(draw).draw(FOUR)
    expect(draw.locator(ANSWER)).to_have_text("4")
    settled(draw)
    picture = "canvas => canvas.toDataURL()"
    before = draw.locator("canvas.dc-canvas.lower-canvas").evaluate(picture)
    draw.get_by_role("link", name="Feature maps").click()
    draw.get_by_role("radio", name="Last drawing").or_(draw.get_by_text("Last drawing")).first.click()
    expect(draw.get_by_role("heading", name="Your drawing is read as 4")).to_be_visible()
    draw.get_by_role("link", name="Draw").click()
    expect(draw.locator(ANSWER)).to_have_text("4")
    settled(draw)
    assert draw.locator("canvas.dc-canvas.lower-canvas").evaluate(picture) == before
    draw.get_by_role("link", name="Kernels").click()
    settled(draw)
    draw.get_by_role("link", name="Draw").click()
    expect(draw.locator(ANSWER)).to_have_text("4")
    settled(draw)  # the canvas has loaded what it is to show: a stroke of before would be gone
    answer = draw.locator(".st-key-draw_prediction [data-read]")
    four = answer.get_attribute("data-read")
    Pen(draw).stroke([(0.1, 0.1), (0.12, 0.3)])
    expect(answer).not_to_have_attribute("data-read", four)  # only now is there a stroke to take back
    settled(draw)
    undo(draw)
    expect(draw.locator(ANSWER)).to_have_text("4")
    draw.get_by_role("button", name="Clear").click()
    expect(draw.locator(ANSWER)).to_have_text("Draw a digit")
    draw.get_by_role("link", name="Kernels").click()
    settled(draw)
    draw.get_by_role("link", name="Draw").click()
    settled(draw)
    expect(draw.locator(ANSWER)).to_have_text("Draw a digit")


def test_on_a_phone_the_whole_canvas_can_be_drawn_on(browser, address):
    with tab(browser, has_touch=True) as phone:
        phone.set_viewport_size({"width": 390, "height": 844})
        phone.goto(f"{address}/draw")
        canvas = phone.locator("canvas").first
        canvas.wait_for()
        settled(phone)
        box = canvas.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
        Pen(phone).draw(FOUR)
        expect(phone.locator(ANSWER)).to_have_text("4")


def test_two_digits_and_a_dot_get_a_sentence(draw):
    pen = Pen(draw)
    pen.stroke([(0.5, 0.5), (0.502, 0.502)])
    sentence = draw.locator(".st-key-draw_prediction")
    expect(sentence).not_to_contain_text("The answer moves")
    assert draw.locator("[data-bar]").count() == 0
    draw.get_by_role("button", name="Clear").click()
    settled(draw)
    pen = Pen(draw)
    pen.stroke([(0.2, 0.2), (0.2, 0.8)])
    pen.stroke([(0.8, 0.2), (0.8, 0.8)])
    expect(sentence).to_contain_text(re.compile("two", re.IGNORECASE))
    assert draw.locator("[data-bar]").count() == 0


def test_a_step_switched_off_changes_what_the_network_is_given(draw):
    Pen(draw).draw([[(0.1, 0.1), (0.1, 0.35)]])
    strip = draw.get_by_role("img", name="How the drawing was prepared")
    strip.wait_for()
    settled(draw)
    before = strip.evaluate("node => node.toDataURL()")
    draw.get_by_role("button", name="crop", exact=True).click()
    settled(draw)
    assert strip.evaluate("node => node.toDataURL()") != before


def test_a_picture_takes_the_same_path(draw, mnist):
    digit = mnist[1].images[0, 0].numpy()  # a 7
    paper = 235 - np.asarray(Image.fromarray(digit).resize((400, 400), Image.Resampling.BICUBIC)) * 0.8
    png = io.BytesIO()
    Image.fromarray(paper.astype(np.uint8)).save(png, "PNG")
    draw.get_by_text("Picture", exact=True).click()
    expect(draw.get_by_text("A drawn or photographed digit")).to_be_visible()
    settled(draw)
    chooser = draw.locator('input[type="file"]').first
    chooser.set_input_files({"name": "seven.png", "mimeType": "image/png", "buffer": png.getvalue()})
    expect(draw.locator(ANSWER)).to_have_text("7")
    expect(draw.get_by_role("img", name="How the drawing was prepared")).to_be_visible()
    chooser.set_input_files({"name": "bad.png", "mimeType": "image/png", "buffer": b"no picture at all"})
    expect(draw.locator('[data-testid="stAlert"]', has_text="could not be read as a picture")).to_be_visible()
    assert draw.locator('[data-testid="stException"]').count() == 0


def test_the_class_keeps_its_drawings(draw, browser, address):
    Pen(draw).draw(FOUR)
    expect(draw.locator(ANSWER)).to_have_text("4")
    settled(draw)
    keep(draw, "4", "Anna")
    expect(draw.locator('[data-testid="stMetric"]', has_text="Our class")).to_contain_text("1 of 1 right")
    expect(draw.locator('[data-testid="stMetric"]', has_text="MNIST test set")).to_be_visible()
    keep(draw, "9", "")
    expect(draw.locator('[data-testid="stMetric"]', has_text="Our class")).to_contain_text("1 of 2 right")
    expect(draw.get_by_role("img", name="Our drawings")).to_be_visible()

    with draw.expect_download() as download:
        draw.get_by_role("button", name="Download the set").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert {"images.npy", "labels.npy"} <= set(archive.namelist())

    draw.reload()
    metric = draw.locator('[data-testid="stMetric"]', has_text="Our class")
    expect(metric).to_contain_text("1 of 2 right")
    remove(draw)
    expect(metric).to_contain_text("1 of 1 right")


def pick(page: Page, box: str, option: Locator) -> None:
    """Choose from a list; one that was opened while the page still scrolled to it closes again, so look twice."""
    field = page.get_by_role("combobox", name=box)
    field.scroll_into_view_if_needed()
    settled(page)
    for _ in range(5):
        field.click()
        try:
            return option.click(timeout=3_000)
        except PlaywrightTimeoutError:
            page.keyboard.press("Escape")
    raise AssertionError(f"the list {box!r} never opened")


def keep(page: Page, digit: str, name: str) -> None:
    who = page.get_by_label("Drawn by (optional)")
    who.fill(name)
    who.press("Enter")
    settled(page)
    page.locator(f".st-key-draw_keep_as_{digit} button").click()
    settled(page)


def remove(page: Page) -> None:
    """Remove the newest drawing, which takes two clicks."""
    settled(page)
    page.get_by_text("Remove a drawing").click()
    pick(page, "Which one?", page.get_by_role("option").first)
    page.get_by_role("button", name="Remove it").click()
    expect(page.locator('[data-testid="stMetric"]', has_text="Our class")).to_contain_text("of 2 right")
    page.get_by_role("button", name="Really remove it?").click()
    settled(page)


def test_a_pinned_drawing_becomes_ribbons_on_the_training_page(draw):
    Pen(draw).draw(FOUR)
    expect(draw.locator(ANSWER)).to_have_text("4")
    draw.get_by_role("button", name="Pin it").click()
    expect(draw.get_by_role("button", name="Unpin the drawing")).to_be_visible()
    draw.get_by_role("link", name="Train").click()
    draw.get_by_role("button", name="Start").click()
    expect(draw.get_by_text("Pinned drawing:")).to_be_visible(timeout=60_000)
    draw.get_by_role("button", name="Pause").click()
    expect(draw.get_by_role("button", name="Resume")).to_be_visible()

    draw.get_by_role("link", name="Draw").click()
    draw.locator("canvas").first.wait_for()
    settled(draw)
    draw.get_by_text("Follow live training").click()
    settled(draw)
    Pen(draw).draw(ONE)
    expect(draw.locator("[data-bar]")).to_have_count(10)
    draw.get_by_role("link", name="Train").click()
    draw.get_by_role("button", name="Stop").click()
    expect(draw.get_by_role("button", name="Start")).to_be_enabled()
    draw.get_by_role("button", name="Unpin").click()


def test_scribbles_never_break_the_page(draw):
    chance = np.random.default_rng(0)
    pen = Pen(draw)
    for _ in range(15):
        pen.stroke(chance.uniform(0.02, 0.98, (int(chance.integers(1, 6)), 2)).tolist())
    settled(draw)
    assert draw.locator('[data-testid="stException"]').count() == 0
    expect(draw.locator(".st-key-draw_prediction")).to_be_visible()
