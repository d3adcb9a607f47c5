"""Every page by its address and by its link, in both themes and at several sizes: it draws, and nothing is cut off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from benchmarks.support.browser import ROOT, settled

PAGES = sorted(file.stem for file in (ROOT / "pages").glob("*.py"))
LINK = '[data-testid="stSidebarNavLink"]'
FAILURE = '[data-testid="stException"], [data-testid="stAlertContentError"]'
SIZES = ((1366, 768), (1280, 720), (820, 1180))  # a laptop, a projector, a tablet; the second is 1920×1080 at 150 %

# What sticks out of the page, and what lies on another element's things. A toolbar that comes up with the mouse, and
# what is scrolled sideways by itself, do not count.
FAULTS = """() => {
  const main = document.querySelector('[data-testid="stMain"]'), edge = main.getBoundingClientRect().right;
  const found = new Set(), seen = [];
  const scrolls = (node) => {
    for (let at = node.parentElement; at && at !== main; at = at.parentElement)
      if (at.scrollWidth > at.clientWidth && /auto|scroll/.test(getComputedStyle(at).overflowX)) return true;
    return false;
  };
  const look = (root, owner) => {
    for (const node of root.querySelectorAll('*')) {
      const element = node.closest('[data-testid="stElementContainer"]') ?? owner;
      if (node.shadowRoot) look(node.shadowRoot, element);
      if (!element || !/^(CANVAS|IMG|BUTTON|INPUT|H[1-6]|P|LABEL|svg)$/.test(node.tagName)) continue;
      if (node.type === 'range' || node.closest('[data-testid="stElementToolbar"], .dc-toolbar')) continue;
      const style = getComputedStyle(node), box = node.getBoundingClientRect();
      if (box.width < 8 || box.height < 8 || style.visibility === 'hidden' || style.opacity === '0') continue;
      if (scrolls(node)) continue;
      const name = `${node.tagName} ${(node.innerText || node.ariaLabel || element.className).slice(0, 50)}`;
      if (box.right > edge + 2) found.add(`${name} sticks out by ${Math.round(box.right - edge)} px`);
      seen.push({ element, box, name });
    }
  };
  look(main, null);
  seen.forEach((one, at) => seen.slice(at + 1).forEach((other) => {
    if (one.element === other.element || one.element.contains(other.element) || other.element.contains(one.element))
      return;
    const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
    const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
    if (wide > 6 && high > 6) found.add(`${one.name} and ${other.name} overlap by ${wide | 0}×${high | 0} px`);
  }));
  return [...found];
}"""


def is_drawn(page: Page, link: Locator) -> None:
    """The page behind this link is there, without an error."""
    name = link.inner_text().splitlines()[-1]  # after its icon's
    expect(page).to_have_title(f"{name} · cnnlab")
    settled(page)
    assert page.locator(FAILURE).count() == 0


def test_every_page_of_the_navigation_draws_in_the_dark_theme(page, address):
    """In the light one the next test opens them."""
    page.emulate_media(color_scheme="dark")
    page.goto(address)
    page.get_by_role("button", name="Start").wait_for()
    settled(page)
    links = page.locator(LINK)
    assert links.count() >= 6
    for link in links.all():
        link.click()
        is_drawn(page, link)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_overlaps_or_is_cut(page, address, name):
    found = {}
    page.goto(f"{address}/{name}" if name != "train" else address)
    page.locator('[data-testid="stMain"] [data-testid="stElementContainer"]').first.wait_for(state="attached")
    settled(page, 1.0)
    is_drawn(page, page.locator(f'{LINK}[aria-current="page"]'))
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        settled(page, 0.7)
        if faults := page.evaluate(FAULTS):
            found[f"{width}×{height}"] = faults
    assert not found
