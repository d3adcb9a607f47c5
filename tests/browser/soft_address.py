"""Another address of the lab in the same tab, without loading the app anew."""

from __future__ import annotations

from playwright.sync_api import Page

from benchmarks.support.browser import settled

OPEN = "address => { history.pushState({}, '', address); dispatchEvent(new PopStateEvent('popstate')); }"


def go(page: Page, address: str) -> None:
    """Open `address`, from its first slash on, as the browser's Back does; wait until it is drawn."""
    page.evaluate(OPEN, address)
    settled(page, 0.3)
