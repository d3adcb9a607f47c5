"""Pointing at the cells of a drawn pixel grid."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Locator, Page, expect


def grid(page: Page, label: str) -> Locator:
    """The canvas whose picture is called `label`, drawn."""
    canvas = page.get_by_role("img", name=label, exact=True).last  # beside it, for a moment, the one before
    canvas.wait_for()
    expect(canvas).to_have_attribute("data-revision", re.compile("."))
    return canvas


def revision(canvas: Locator) -> str:
    """Changes with whatever the canvas shows."""
    return canvas.get_attribute("data-revision")


def cell(canvas: Locator, tile: int, row: int, col: int) -> dict[str, float]:
    """The middle of a cell, in pixels of the canvas."""
    at = json.loads(canvas.get_attribute("data-tiles"))[tile]
    return {"x": at["x"] + (col + 0.5) * at["cell"], "y": at["y"] + (row + 0.5) * at["cell"]}


def value(canvas: Locator, tile: int, row: int, col: int) -> float:
    """The number that hovering over a cell shows."""
    canvas.hover(position=cell(canvas, tile, row, col))
    text = canvas.locator("xpath=..").locator(".tip").inner_text()
    return float(text.rsplit(" ", 1)[1].replace("−", "-"))
