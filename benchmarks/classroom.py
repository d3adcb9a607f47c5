"""A class at its phones while a network trains: how soon are they answered, is a drawing lost, what does it cost?

Claim: 100 phones, each with a stroke every 2 s and a drawing sent every 20 s, and 5 spectators who open another page
every 5 s, while A0 trains, on two cores that also run this load and the projector's Chromium: 95 of 100 strokes are
answered within 500 ms, no drawing is lost or kept twice, the wall shows each within 2 s, memory does not grow, and the
training goes on at 85 % of its speed or more.

    python -m benchmarks.classroom [--phones 100] [--spectators 5] [--seconds 20] [--pairs 5]

The training is clocked in turns, while the class works and while it rests. Then more and more phones join, until 95 of
100 strokes are no longer answered within a second. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import Page

from benchmarks.support import class_load
from benchmarks.support.browser import ROOT, chromium, serve, settled
from benchmarks.support.class_load import Seen
from benchmarks.support.machine import describe_machine
from benchmarks.support.step_log import PROBE, images_per_second, last, rate
from cnnlab.data import datasets
from cnnlab.data.drawing import classroom_set

STARTED = """
import threading
def train():
    from dataclasses import replace
    from cnnlab.common.threads import half_the_cores
    from cnnlab.classroom.lesson import lesson
    from cnnlab.common import paths
    from cnnlab.runs import launch
    from cnnlab.training.recipes import recipe
    from cnnlab.ui.cache import loaders
    lesson.switch(is_open=True, look_around=True)
    run = launch.prepare(recipe("a0-simple-cnn").config.replace(epochs=500), paths.checkpoints())
    loaders.runner().start(replace(run, threads=half_the_cores()))  # as the training page does while a class is open
threading.Timer(2.0, train).start()
"""
WATCH = """
() => {
  window.came = {};
  const look = (root) => root.querySelectorAll('button[data-id]').forEach((tile) => {
    window.came[tile.dataset.id] ??= Date.now() / 1000;
  });
  const tree = [...document.querySelectorAll('.st-key-classroom_wall *')].find((each) => each.shadowRoot).shadowRoot;
  look(tree);
  new MutationObserver(() => look(tree)).observe(tree, { subtree: true, childList: true });
}
"""
MORE = (100, 150, 200, 250, 300, 350, 400)  # phones
LIMIT = 1.0  # seconds: how far it goes


def main() -> None:
    """Measure and print the figures."""
    parser = argparse.ArgumentParser(description="A class at its phones while a network trains.")
    parser.add_argument("--phones", type=int, default=100)
    parser.add_argument("--spectators", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--pairs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        runs, log = Path(folder), Path(folder) / "steps"
        shutil.copytree(ROOT / "checkpoints" / "draw", runs / "draw")
        first = datasets.load("mnist")[1]  # so that there is a wall from the beginning
        classroom_set.add(first.images[0, 0].numpy(), int(first.labels[0]), path=runs / "drawings.npz")
        with serve(runs, before=PROBE.format(path=str(log)) + STARTED) as address:
            server = _server()
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            _open_wall(page, address)
            with _class(address, options.phones, options.spectators) as pipe:
                found = _lesson(page, address, pipe, log, server, options.seconds, options.pairs)
            kept = len(classroom_set.read(runs / "drawings.npz")) - 1
            furthest = _furthest(address, options.seconds)
    sent = found.pop("sent")
    found = {"p95_ms": found.pop("p95_ms"), "lost": max(0, sent - kept), "doubled": max(0, kept - sent), **found}
    found |= {"drawings": sent, **furthest}
    print(f"\n{describe_machine()}")
    for name, value in found.items():
        print(f"{name:24} {value}")
    print(json.dumps(found))


def _server() -> psutil.Process:
    return next(each for each in psutil.Process().children() if "streamlit.web.cli" in " ".join(each.cmdline()))


@contextmanager
def _class(address: str, phones: int, spectators: int) -> Iterator[Connection]:
    """The load in its process, joined and at rest."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=class_load.run, args=(theirs, address, phones, spectators))
    process.start()
    assert ours.recv() == "ready"
    yield ours
    ours.send(None)
    process.join(30)


def _lesson(
    page: Page, address: str, pipe: Connection, log: Path, server: psutil.Process, seconds: float, pairs: int
) -> dict:
    seen, slowed, memory, lags = Seen(), [], [], []
    for _ in range(pairs):
        page.goto("about:blank")
        resting = rate(partial(last, log), seconds)
        _open_wall(page, address)
        page.evaluate(WATCH)
        before = len(page.evaluate("window.came"))
        first = last(log)
        pipe.send(seconds)
        while not pipe.poll():
            page.wait_for_timeout(200)  # lets the tab's own timers run
        part: Seen = pipe.recv()
        slowed.append(1 - images_per_second(first, last(log)) / resting)
        page.wait_for_timeout(3000)
        came = sorted(page.evaluate("window.came").values())[before:]
        lags += [shown - sent for shown, sent in zip(came, sorted(part.acknowledged), strict=False)]
        memory.append(server.memory_info().rss / 1e6)
        seen.answers += part.answers
        seen.acknowledged += part.acknowledged
        seen.refused += part.refused
        seen.pages += part.pages
    assert not seen.refused, seen.refused[:3]
    return {
        "p95_ms": round(1000 * float(np.percentile(seen.answers, 95))),
        "median_ms": round(1000 * statistics.median(seen.answers)),
        "wall_s": round(float(np.percentile(lags, 95)), 2),
        "training_slowdown": round(statistics.median(slowed), 3),
        "memory_mb": [round(memory[0]), round(memory[-1])],
        "answers": len(seen.answers),
        "page_median_s": round(statistics.median(seen.pages), 2),
        "sent": len(seen.acknowledged),
    }


def _furthest(address: str, seconds: float) -> dict:
    """How many phones are answered within LIMIT, and what came of the first number that was not."""
    reached: dict[int, int] = {}
    for phones in MORE:
        with _class(address, phones, 0) as pipe:
            pipe.send(seconds)
            seen: Seen = pipe.recv()
        reached[phones] = round(1000 * float(np.percentile(seen.answers, 95)))
        if reached[phones] > 1000 * LIMIT:
            break
    return {"p95_ms_by_phones": reached}


def _open_wall(page: Page, address: str) -> None:
    page.goto(f"{address}/classroom")
    page.get_by_role("radio", name="Wall").click()
    settled(page, 1.0)
    page.get_by_text("This wall").wait_for()


if __name__ == "__main__":
    main()
