"""A lesson in the browser: from the first step to the last, Back and Forward, and its links in a fresh one."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from benchmarks.support.browser import settled
from cnnlab.lessons import course
from cnnlab.lessons.steps import Link
from tests.browser.conftest import tab
from tests.browser.held_messages import HeldMessages
from tests.browser.test_address import query, shows

NAME = "5-shifted-4"
LESSON = course.lesson(NAME)


def button(page: Page, name: str):
    return page.locator(".st-key-shared_lesson_panel").get_by_role("button", name=name, exact=True)


def at(page: Page, number: int, revealed: str | None = None) -> None:
    """Wait until this step stands in the address, its text in the panel, and what it is about on the page."""
    step = LESSON.steps[number - 1]
    shows(page, lesson=NAME, step=str(number), revealed=revealed)
    panel = page.locator(".st-key-shared_lesson_panel")
    expect(panel.get_by_text(f"step {number} of {len(LESSON.steps)}")).to_be_visible()
    link = step.revealed if revealed and step.revealed else step.link
    shows(page, run=link.query["run"][-1], epoch=link.query["epoch"][-1])
    settled(page)


def address_of(link: Link, number: int) -> str:
    said = [(name, text) for name, texts in link.query.items() for text in texts]
    return f"/{link.page}?{urlencode([*said, ('lesson', NAME), ('step', number)])}"


def test_the_lesson_is_walked_to_its_end_and_back_and_forward_go_through_it(page, address):
    page.goto(f"{address}/lessons")
    card = page.locator('[data-testid="stVerticalBlock"]').filter(has_text=LESSON.title).last
    card.get_by_role("button", name="Begin").click()
    at(page, 1)
    expect(page.get_by_role("heading", name="Test image 4, 3 px left, is still read as 4")).to_be_visible()
    first, opened = page.evaluate("history.length"), 0
    for number in range(1, len(LESSON.steps) + 1):
        if LESSON.steps[number - 1].question:
            button(page, "Reveal").click()
            at(page, number, revealed="1")
            opened += 1
        if number == 2:
            heading = "Test image 4, 2 px right, 3 px down, is read as 0, 97.6% sure; unmoved, it was 4."
            expect(page.get_by_role("heading", name=heading)).to_be_visible()
        if number < len(LESSON.steps):
            button(page, "Next").click()
            at(page, number + 1)
            opened += 1
    assert page.evaluate("history.length") == first + opened, "every step, and every answer, is one entry"

    page.go_back()
    at(page, 9)
    expect(page).to_have_title("Draw · cnnlab")
    page.go_back()
    at(page, 8)
    page.go_forward()
    at(page, 9)
    page.go_forward()
    at(page, 10)
    expect(page).to_have_title("Shift · cnnlab")
    button(page, "Finish").click()
    shows(page, lesson=None, step=None)
    expect(page.locator(".st-key-shared_lesson_panel")).to_have_count(0)


def test_a_step_on_another_page_is_one_entry_even_if_all_of_it_comes_at_once(page, address):
    """Streamlit then writes what stands after the address before the page's name: Back would stop at a wrong page."""
    messages = HeldMessages(page)
    page.goto(address + address_of(LESSON.steps[7].link, 8))
    at(page, 8)
    before = page.evaluate("history.length")
    messages.holding = True
    button(page, "Next").click()
    messages.wait()
    page.evaluate("setTimeout(() => { const began = performance.now(); while (performance.now() < began + 1500); })")
    messages.let_through()
    messages.holding = False
    at(page, 9)
    expect(page).to_have_title("Draw · cnnlab")
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    at(page, 8)
    expect(page).to_have_title("Shift · cnnlab")


def test_back_hides_the_answer_again(page, address):
    page.goto(address + address_of(LESSON.steps[1].link, 2))
    at(page, 2)
    page.get_by_role("radio", name="Still a 4").click()
    button(page, "Reveal").click()
    at(page, 2, revealed="1")
    expect(page.get_by_text("Not what you called.")).to_be_visible()
    page.go_back()
    at(page, 2)
    expect(button(page, "Reveal")).to_be_visible()
    expect(page.get_by_role("heading", name="Test image 4, not moved")).to_be_visible()


def test_whoever_strays_is_brought_back(page, address):
    page.goto(address + address_of(LESSON.steps[0].link, 1))
    at(page, 1)
    page.get_by_role("link", name="Anatomy", exact=True).click()
    expect(page).to_have_title("Anatomy · cnnlab")
    expect(button(page, "Next")).to_be_visible()
    settled(page)
    button(page, "Show it again").click()
    at(page, 1)
    expect(page.get_by_role("heading", name="Test image 4, 3 px left, is still read as 4")).to_be_visible()


@pytest.mark.parametrize("number", [2, 6, 7])
def test_a_link_shows_the_same_in_a_fresh_browser(address, browser, number):
    step = LESSON.steps[number - 1]
    with tab(browser) as fresh:
        fresh.goto(address + address_of(step.link, number))
        at(fresh, number)
        assert query(fresh)["dx"] == step.link.query["dx"][0]
        expect(fresh.get_by_role("slider", name="Right")).to_have_value(step.link.query["dx"][0])
        expect(fresh.get_by_test_id("stAlert")).to_have_count(0)


def test_the_panel_stays_in_view_and_its_text_is_large(page, address):
    page.goto(address + address_of(LESSON.steps[4].link, 5))
    at(page, 5)
    panel = page.locator(".st-key-shared_lesson_panel")
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 900)")
    expect(panel).to_be_in_viewport(ratio=1)
    text = panel.get_by_text("Compare the maps before and after")
    assert float(text.evaluate("text => parseFloat(getComputedStyle(text).fontSize)")) >= 17
    box = panel.bounding_box()
    assert box["height"] < 200 and box["width"] > 900


def test_a_lesson_goes_on_while_the_page_is_presented(page, address):
    page.goto(f"{address}{address_of(LESSON.steps[0].link, 1)}&present=1")
    at(page, 1)
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    button(page, "Next").click()
    at(page, 2)
    shows(page, present="1")
    button(page, "Reveal").click()
    at(page, 2, revealed="1")
    expect(page.get_by_text("It is 98 % sure of that")).to_be_visible()
    page.get_by_text("Outside the blue frame ink is lost.").scroll_into_view_if_needed()
    expect(page.get_by_text("Outside the blue frame ink is lost.")).to_be_in_viewport()
