"""From the end of a stroke to its answer on the screen, and from a move of the pen to bars that moved.

Claim: on two CPU cores that server and Chromium share, 95 of 100 strokes get the page's own answer within 300 ms when
nothing trains, and within 600 ms while A0 trains; while the pen moves, 95 of 100 answers are on the screen within
60 ms and at least 20 come a second, within 120 ms and 10 a second while A0 trains, which drawing without pause slows
by at most 5 %. Of that slowing, drawing on the canvas alone, with nothing that reads along, is measured beside it.

    python -m benchmarks.stroke [--strokes 50] [--seconds 8] [--pairs 7]

Real mouse events draw digits on the draw page; the page's own clock takes the time from mouse-up to the frame after
the page's own answer is in the document, and from the newest move in an answer to the frame that shows it. The
training is clocked in turns: while the mouse rests, while it draws, and while it draws and nothing reads along. The
last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
from playwright.sync_api import Page

from benchmarks.support.browser import ROOT, chromium, serve, settled
from benchmarks.support.machine import describe_machine
from benchmarks.support.mouse import Pen
from benchmarks.support.step_log import PROBE, images_per_second, last, rate

WATCH = """
() => {
  window.strokes = { ended: null, taken: [] };
  document.addEventListener('pointerup', () => { window.strokes.ended = performance.now(); }, true);
  document.addEventListener('mouseup', () => { window.strokes.ended ??= performance.now(); }, true);
  let shown = null;
  const tree = [...document.querySelectorAll('.st-key-draw_prediction *')].find((each) => each.shadowRoot).shadowRoot;
  const look = () => {
    const now = tree.querySelector('.reading').dataset.own;
    if (now && now !== shown && window.strokes.ended !== null) {
      const ended = window.strokes.ended;
      window.strokes.ended = null;
      requestAnimationFrame(() => window.strokes.taken.push(performance.now() - ended));
    }
    shown = now;
  };
  new MutationObserver(look).observe(tree, { subtree: true, attributes: true });
}
"""
WATCH_MOVES = """
() => {
  window.moves = [];
  addEventListener('cnnlab:draw', ({ detail }) =>
    detail.answer && requestAnimationFrame(() => window.moves.push(performance.now() - detail.since)));
}
"""
# Before the page's own listeners: the canvas draws on mouse events, what reads along waits for pointer events.
ALONE = "addEventListener('pointermove', (event) => window.alone && event.stopImmediatePropagation(), true)"
MOVE_EVERY = 0.012  # seconds; a mouse sends some 80 moves a second
PER_DIGIT = 2  # strokes before the canvas is cleared


def main() -> None:
    """Measure idle and while training, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strokes", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--pairs", type=int, default=7)
    options = parser.parse_args()
    count = options.strokes
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        for run in (ROOT / "checkpoints").glob("*/run.json"):
            shutil.copytree(run.parent, Path(folder) / run.parent.name)
        log = Path(folder) / "steps"
        with serve(Path(folder), before=PROBE.format(path=str(log))) as address:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.add_init_script(ALONE)
            _strokes(page, address, 6)  # warm-up
            result = {"idle": _strokes(page, address, count)}
            moves = {"idle": _moves(page, address, options.seconds)}
            _train(page, address)
            result["training"] = _strokes(page, address, count)
            moves["training"] = _moves(page, address, options.seconds)
            pairs = [_slowed(page, log, options.seconds) for _ in range(options.pairs)]
            slowed, alone = (statistics.median(each) for each in zip(*pairs, strict=True))
    print(f"\n{describe_machine()}")
    summary: dict[str, dict] = {}
    for state, times in result.items():
        median, p95 = np.percentile(times, [50, 95])
        summary[state] = {"median_ms": round(median), "p95_ms": round(p95), "strokes": len(times)}
        print(f"{state:9s} median {median:4.0f} ms   95th percentile {p95:4.0f} ms   ({len(times)} strokes)")
    live = {}
    for state, (times, seconds) in moves.items():
        p95, each = np.percentile(times, 95), len(times) / seconds
        live[state] = {"p95_ms": round(p95), "answers_per_second": round(each, 1)}
        print(f"{state:9s} while the pen moves: 95th percentile {p95:4.0f} ms   {each:4.1f} answers a second")
    print(
        f"drawing without pause slows the training by {slowed:.1%}, and by {alone:.1%} with nothing that reads along "
        f"(medians of {options.pairs} turns)"
    )
    slowing = {"training_slowdown": round(slowed, 4), "canvas_alone_slowdown": round(alone, 4)}
    print(json.dumps({**summary, "live": {**live, **slowing}}))


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


def _moves(page: Page, address: str, seconds: float) -> tuple[list[float], float]:
    """(milliseconds from the newest move in an answer to the frame that shows it, seconds of drawing)."""
    page.goto(f"{address}/draw")
    page.locator("canvas").first.wait_for()
    settled(page, 1.0)
    _scribble(page, 1.0)  # warm-up
    page.evaluate(WATCH_MOVES)
    started = time.monotonic()
    _scribble(page, seconds)
    taken = time.monotonic() - started
    return page.evaluate("window.moves"), taken


def _scribble(page: Page, seconds: float) -> None:
    """One stroke that goes on for so long: an eight, again and again."""
    pen, began = Pen(page), time.monotonic()
    pen.down(_eight(0.0))
    moves = 0
    while (now := time.monotonic() - began) < seconds:
        pen.move(_eight(now))
        moves += 1
        page.wait_for_timeout(1000 * max(0.0, moves * MOVE_EVERY - (time.monotonic() - began)))
    pen.up()
    page.get_by_role("button", name="Clear").click()
    settled(page, 0.3)


def _eight(seconds: float) -> tuple[float, float]:
    turn = 2 * math.pi * seconds / 2.5
    wander = 0.04 * math.sin(seconds)
    return 0.5 + 0.16 * math.sin(2 * turn) + wander, 0.5 + 0.3 * math.cos(turn)


def _slowed(page: Page, log: Path, seconds: float) -> tuple[float, float]:
    """By which fraction of its speed drawing slows the training: as it is, and the canvas alone. A window each."""
    resting, drawing = rate(partial(last, log), seconds), []
    for alone in (False, True):
        page.evaluate("alone => { window.alone = alone }", alone)
        first = last(log)
        _scribble(page, seconds)
        drawing.append(images_per_second(first, last(log)))
    page.evaluate("window.alone = false")
    return 1 - drawing[0] / resting, 1 - drawing[1] / resting


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
