"""The app as a whole: what its sidebar shows, and whatever address is opened first."""

from __future__ import annotations

from playwright.sync_api import expect

from benchmarks.support.browser import serve, settled
from tests.browser.conftest import tab

LINK = '[data-testid="stSidebarNavLink"]'


def test_the_sidebar_opens_with_the_shipped_network_for_drawings(page, address):
    page.goto(address)
    expect(page.get_by_role("combobox", name="Run", exact=True)).to_have_value("draw · 99.3%")


def test_the_chosen_epoch_stays_from_page_to_page(page, address):
    page.goto(f"{address}/kernels")
    slider = page.get_by_role("slider", name="Epoch")
    slider.wait_for()
    settled(page)
    slider.focus()
    page.keyboard.press("Home")
    settled(page, 1.0)
    page.get_by_role("link", name="Draw").click()
    settled(page, 1.0)
    expect(page.get_by_role("slider", name="Epoch")).to_have_attribute("aria-valuetext", "0")


def test_a_page_opened_first_on_a_fresh_server_has_the_sidebar(browser, start, tmp_path):
    with serve(tmp_path, start=start) as address, tab(browser) as page:
        page.goto(f"{address}/draw")
        page.locator("canvas").first.wait_for()
        settled(page, 1.0)
        expect(page.locator(LINK).filter(has_text="Train")).to_be_visible()
        assert page.locator('[data-testid="stMainBlockContainer"]').bounding_box()["width"] > 1000


def test_without_any_run_pages_say_what_to_do(browser, start, tmp_path):
    with serve(tmp_path, start=start) as address, tab(browser) as page:
        page.goto(address)
        page.get_by_role("heading", name="Press Start").wait_for()
        page.get_by_role("link", name="Kernels").click()
        expect(page.get_by_text("There is no trained network yet")).to_be_visible()
