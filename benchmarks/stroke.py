"""From the end of a stroke to its answer on the screen.

Claim: on two CPU cores that server and Chromium share, 95 of 100 strokes are answered within 300 ms when nothing
trains, and within 600 ms while A0 trains.

    python -m benchmarks.stroke [--strokes 50]

Real mouse events draw digits on the draw page; the page's own clock takes the time from mouse-up to the frame after
the new answer is in the document. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Page

from benchmarks.support.browser import ROOT, chromium, serve, settled
from benchmarks.support.machine import describe_machine
from benchmarks.support.mouse import Pen

WATCH = """
() => {
  window.strokes = { ended: null, taken: [] };
  document.addEventListener('pointerup', () => { window.strokes.ended = performance.now(); }, true);
  document.addEventListener('mouseup', () => { window.strokes.ended ??= performance.now(); }, true);
  let shown = null;
  const look = () => {
    const answer = document.querySelector('.st-key-draw_prediction [data-read]');
    const now = answer ? answer.dataset.read : null;
    if (now && now !== shown && window.strokes.ended !== null) {
      const ended = window.strokes.ended;
      window.strokes.ended = null;
      requestAnimationFrame(() => window.strokes.taken.push(performance.now() - ended));
    }
    shown = now;
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
}
"""
PER_DIGIT = 2  # strokes before the canvas is cleared


def main() -> None:
    """Measure idle and while training, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strokes", type=int, default=50)
    count = parser.parse_args().strokes
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        for run in (ROOT / "checkpoints").glob("*/run.json"):
            shutil.copytree(run.parent, Path(folder) / run.parent.name)
        with serve(Path(folder)) as address:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            _strokes(page, address, 6)  # warm-up
            result = {"idle": _strokes(page, address, count)}
            _train(page, address)
            result["training"] = _strokes(page, address, count)
    print(f"\n{describe_machine()}")
    summary = {}
    for state, times in result.items():
        median, p95 = np.percentile(times, [50, 95])
        summary[state] = {"median_ms": round(median), "p95_ms": round(p95), "strokes": len(times)}
        print(f"{state:9s} median {median:4.0f} ms   95th percentile {p95:4.0f} ms   ({len(times)} strokes)")
    print(json.dumps(summary))


def _strokes(page: Page, address: str, count: int) -> list[float]:
    """Milliseconds from mouse-up to the answer for `count` strokes."""
    page.goto(f"{address}/draw")
    page.locator("canvas").first.wait_for()
    settled(page, 1.0)
    page.evaluate(WATCH)
    chance, taken = np.random.default_rng(count), 0
    while taken < count:
        pen, first = Pen(page), chance.uniform(0.25, 0.45, 2)
        for at in range(min(PER_DIGIT, count - taken)):
            start = first + chance.uniform(-0.08, 0.08, 2)
            points = [tuple(start + step * chance.uniform(0.05, 0.12, 2)) for step in range(2 + at, 6 + at)]
            pen.stroke([tuple(start), *points])
            taken += 1
            page.wait_for_function(f"window.strokes.taken.length >= {taken}", timeout=10_000)
            page.wait_for_timeout(150)
        page.get_by_role("button", name="Clear").click()
        page.get_by_text("Draw a digit", exact=True).wait_for()
        settled(page, 0.3)
    return page.evaluate("window.strokes.taken")


def _train(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Start").wait_for()
    settled(page)
    page.get_by_role("spinbutton", name="Epochs").fill("500")
    page.get_by_role("spinbutton", name="Epochs").press("Enter")
    settled(page)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Pause").wait_for()


if __name__ == "__main__":
    main()
