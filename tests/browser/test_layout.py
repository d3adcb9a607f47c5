"""Every page by its link, at several sizes: it draws, and nothing is cut. test_accessibility does so in the dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from benchmarks.support.browser import ROOT, settled
from tests.browser.conftest import WINDOW, clean

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


@pytest.fixture(scope="module")
def lab(context, address) -> Iterator[Page]:
    """The lab in one tab, whose app is loaded once."""
    with clean(context) as page:
        page.goto(address)
        page.get_by_role("button", name="Start").wait_for()
        settled(page)
        yield page


@pytest.mark.parametrize("name", PAGES)
def test_nothing_overlaps_or_is_cut(lab, name):
    lab.set_viewport_size(WINDOW)
    link = lab.locator(f'{LINK}[href$="/{name if name != "train" else ""}"]')
    link.click()
    is_drawn(lab, link)
    found = {}
    for width, height in SIZES:
        lab.set_viewport_size({"width": width, "height": height})
        settled(lab)
        if faults := lab.evaluate(FAULTS):
            found[f"{width}×{height}"] = faults
    assert not found
