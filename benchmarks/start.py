"""How soon the first page can be used after `streamlit run app.py`.

Claim: within 4 s the training page stands in a browser that was open already, its Start button enabled, on two cores
that server and browser share.

    python -m benchmarks.start [--runs 5]

From the start of the server's process, every time a new one, to the enabled button in a tab that asks for the page as
soon as the port answers. "said" is when the page first says anything of its own. Medians, worst in brackets; the files
are in the system's cache after the first start, which does not count. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.support.browser import chromium, serve
from benchmarks.support.machine import describe_machine


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with chromium() as browser:
        measured = [once(browser) for _ in range(options.runs + 1)][1:]
    print(f"{describe_machine()}\n")
    medians = {}
    for name, times in zip(("answers", "said", "usable"), zip(*measured, strict=True), strict=True):
        medians[name] = round(statistics.median(times), 2)
        print(f"{name:8s} {medians[name]:5.2f} s   (worst {max(times):5.2f})")
    print(json.dumps(medians))


def once(browser: Browser) -> tuple[float, float, float]:
    """Seconds from the start of a server to (its port, the page's first words, its enabled Start button)."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with serve(Path(folder)) as address:
            answers = time.perf_counter() - began
            page.goto(address, wait_until="commit")
            page.get_by_text("Opening the laboratory").or_(page.get_by_role("link", name="Kernels")).first.wait_for()
            said = time.perf_counter() - began
            page.locator("button:enabled", has_text="Start").first.wait_for()
            usable = time.perf_counter() - began
    page.close()
    return answers, said, usable


if __name__ == "__main__":
    main()
