"""Who may do what, in a browser on another machine: a spectator, then a teacher by PIN."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from benchmarks.support.browser import serve, settled
from benchmarks.support.mouse import FOUR, Pen
from tests.browser.conftest import ANSWER, tab

ONLY = "draw"
ELSEWHERE = """
import os
os.environ["CNNLAB_PIN"] = "for this lesson"
from cnnlab.classroom import guard
guard.is_here = lambda client, headers: False
from cnnlab.classroom.lesson import lesson
lesson.switch(is_open=True, look_around=True)
"""


@pytest.fixture(scope="module")
def address(runs, start) -> str:
    """A server to which every visitor is on another machine."""
    with serve(runs, before=ELSEWHERE, start=start) as url:
        yield url


def start_button(page: Page):
    return page.get_by_role("button", name="Start", exact=True)


def test_a_spectator_draws_and_starts_nothing(page, address):
    page.goto(address)
    expect(start_button(page)).to_be_disabled()
    expect(page.get_by_text("You look on")).to_be_visible()
    page.get_by_role("link", name="Draw").click()
    page.locator("canvas").first.wait_for()
    settled(page)
    Pen(page).draw(FOUR)
    expect(page.locator(ANSWER)).to_have_text("4")
    settled(page)
    expect(page.locator(".st-key-draw_keep_as_4 button")).to_be_disabled()


def test_a_forged_click_changes_nothing(page, address, runs):
    """The browser is told that the buttons are enabled, and presses them: the server does not listen."""
    page.goto(address)
    expect(start_button(page)).to_be_disabled()
    settled(page)
    start_button(page).evaluate(
        """button => {
            const props = button[Object.keys(button).find((key) => key.startsWith("__reactProps"))];
            button.disabled = false;
            (props.onClick ?? (() => {}))({ currentTarget: button, target: button, preventDefault() {} });
            button.click();
        }"""
    )
    page.wait_for_timeout(1500)
    settled(page)
    expect(page.get_by_role("button", name="Pause")).to_be_disabled()
    assert {file.parent.name for file in runs.glob("*/run.json")} == {"draw"}


def test_the_pin_makes_a_teacher_and_a_reload_keeps_him(browser, address):
    page = browser.new_page()  # no `tab`: Chromium notes the refusal in its console
    page.goto(f"{address}/teacher")
    page.get_by_label("PIN").fill("wrong")
    page.get_by_role("button", name="Open the lab").click()
    expect(page.get_by_role("status")).to_contain_text("That is not the PIN")
    page.close()
    with tab(browser) as page:
        page.goto(f"{address}/teacher")
        page.get_by_label("PIN").fill("for this lesson")
        page.get_by_role("button", name="Open the lab").click()
        expect(start_button(page)).to_be_enabled()
        page.reload()
        expect(start_button(page)).to_be_enabled()
        expect(page.get_by_text("You look on")).to_have_count(0)
