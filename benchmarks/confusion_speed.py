"""How long the confusion page takes for the shipped run's 10,000 test images.

Claim: on two CPU cores the first 10,000 predictions of A0's network take at most 3 s; after that they come from the
cache, and switching to an epoch whose predictions are cached redraws the matrix within 500 ms. A t-SNE map of all of
them takes at most half of the 46 s that a scikit-learn process of its own took.

    python -m benchmarks.confusion_speed [--runs 5] [--run a0-simple-cnn]

"first" and "cached" are called as the page calls them. "redraw" is measured in Chromium, from the key press on the
epoch slider until the page says the new epoch and the matrix has changed, on the server's own machine. "tsne" is the
map of the layer that the page opens with, at the low priority that it has there. Medians, with
the worst in brackets. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.support.browser import chromium, serve, settled
from benchmarks.support.machine import describe_machine
from cnnlab.data import datasets
from cnnlab.evaluation import projections, tsne
from cnnlab.evaluation.evaluation_set import evaluation_sets
from cnnlab.runs import store
from cnnlab.ui.cache import bounded, predictions_cache

MATRIX = "document.querySelector('[data-testid=stVegaLiteChart] svg').textContent"
CHANGED = f"([words, before]) => document.body.innerText.includes(words) && {MATRIX} !== before"


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--run", default="a0-simple-cnn")
    options = parser.parse_args()
    logging.getLogger("streamlit").setLevel(logging.ERROR)  # it warns that no page is being drawn
    run, epoch = store.find_run(options.run)
    first, cached = _predictions(run, epoch, options.runs)
    redraws = _redraws(run, options.runs)
    rows = {"first": first, "cached": cached, "redraw": redraws, "tsne": _maps(run, epoch, min(3, options.runs))}
    print(f"{describe_machine()}\n")
    for name, seconds in rows.items():
        print(f"{name:8s} {1000 * statistics.median(seconds):8.1f} ms   (worst {1000 * max(seconds):8.1f})")
    print(json.dumps({f"{name}_seconds": round(statistics.median(seconds), 4) for name, seconds in rows.items()}))


def _predictions(run: store.Run, epoch: int, runs: int) -> tuple[list[float], list[float]]:
    """Seconds for all test images, uncached and cached."""
    network = store.load(run, epoch)
    config = network.config
    images = evaluation_sets(config.dataset, config.split, *datasets.load(config.dataset))[-1]
    first: list[float] = []
    cached: list[float] = []
    for _ in range(runs):
        bounded.forget()
        for times in (first, cached):
            started = time.perf_counter()
            predictions_cache.predictions(network, images).confusion  # noqa: B018  (part of what the page needs)
            times.append(time.perf_counter() - started)
    return first, cached


def _maps(run: store.Run, epoch: int, runs: int) -> list[float]:
    """Seconds for a t-SNE map of all test images."""
    network = store.load(run, epoch)
    images = datasets.load(network.config.dataset)[1].images
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        layer = predictions_cache.stations(network)[-1]
        tsne.embed(projections.principal(network.model, images, layer, tsne.COMPONENTS).points, lambda done: None)
        times.append(time.perf_counter() - started)
    return times


def _redraws(run: store.Run, runs: int) -> list[float]:
    """Seconds between a key press on the epoch slider and the redrawn matrix, every epoch having been seen before."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        shutil.copytree(run.path, Path(folder) / run.name)
        with serve(Path(folder)) as address:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(address)
            page.get_by_role("button", name="Start").wait_for()
            settled(page)
            page.get_by_role("link", name="Confusion").click()
            page.locator('[data-testid="stVegaLiteChart"] svg').wait_for()
            down = [("ArrowLeft", epoch) for epoch in run.epochs[-2::-1]]
            up = [("ArrowRight", epoch) for epoch in run.epochs[1:]]
            for key, epoch in down + up:
                _redraw(page, key, epoch)  # fills the caches
            return [_redraw(page, key, epoch) for _ in range(runs) for key, epoch in down + up]


def _redraw(page: Page, key: str, epoch: int) -> float:
    settled(page)
    page.get_by_role("slider", name="Epoch").focus()
    before = page.evaluate(MATRIX)
    started = time.perf_counter()
    page.keyboard.press(key)
    page.wait_for_function(CHANGED, arg=[f"epoch {epoch},", before], polling="raf")
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
