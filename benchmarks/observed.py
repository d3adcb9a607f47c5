"""How much of the command line's speed a run has in the app, with nobody watching and with the training page open.

Claim: with the training page open in a tab, A0's training on two CPU cores reaches at least 85 % of the images a second
of `python -m cnnlab train` on the same machine. Server, training thread and Chromium share the cores, as on a
teacher's laptop.

    python -m benchmarks.observed [--pairs 7] [--seconds 6]

One run in the app and one of the command line take turns, the other one asleep: windows of the command line, of the
app with its tab on a blank page, and of the app with its tab on the training page. The figures are the medians of the
ratios of neighbouring windows. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from benchmarks.support.browser import ROOT, chromium, serve, settled
from benchmarks.support.machine import describe_machine
from benchmarks.support.step_log import PROBE, Steps, last, rate

EPOCHS = 500  # far more than the measurement needs
SETTLES = 2.0  # seconds between waking a side and clocking it


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=6.0)
    options = parser.parse_args()
    rows: list[tuple[float, float, float]] = []
    with tempfile.TemporaryDirectory() as folder, chromium() as browser, _command_line(Path(folder)) as command_line:
        log = Path(folder) / "steps"
        with serve(Path(folder), before=PROBE.format(path=str(log))) as address:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            _start(page, address)
            for _ in range(options.pairs):
                page.get_by_role("button", name="Pause").click()
                page.get_by_role("button", name="Resume").wait_for()
                page.goto("about:blank")
                with command_line() as steps:
                    alone = rate(steps, options.seconds)
                page.goto(address)
                page.get_by_role("button", name="Resume").click()
                page.get_by_role("button", name="Pause").wait_for()
                page.goto("about:blank")
                time.sleep(SETTLES)
                unwatched = rate(partial(last, log), options.seconds)
                page.goto(address)
                page.get_by_role("button", name="Pause").wait_for()
                time.sleep(SETTLES)  # the page itself has to load first; that is not what is claimed
                rows.append((alone, unwatched, rate(partial(last, log), options.seconds)))
                print("command line {:7,.0f}   headless {:7,.0f}   watched {:7,.0f} images/s".format(*rows[-1]))
    of_command_line = statistics.median(watched / alone for alone, _, watched in rows)
    kept = statistics.median(watched / unwatched for _, unwatched, watched in rows)
    alone, unwatched, watched = (round(statistics.median(side)) for side in zip(*rows, strict=True))
    print(f"\n{describe_machine()}")
    print(f"watched, {of_command_line:.1%} of the command line's speed; the tab costs {1 - kept:.1%} of the app's own")
    print(
        json.dumps(
            {
                "of_command_line": round(of_command_line, 4),
                "ratio": round(kept, 4),
                "pairs": options.pairs,
                "command_line_images_per_second": alone,
                "headless_images_per_second": unwatched,
                "watched_images_per_second": watched,
            }
        )
    )


def _start(page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Start").wait_for()
    settled(page)
    page.get_by_role("spinbutton", name="Epochs").fill(str(EPOCHS))
    page.get_by_role("spinbutton", name="Epochs").press("Enter")
    settled(page)
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Pause").wait_for()
    time.sleep(5)


@contextmanager
def _command_line(folder: Path) -> Iterator[Callable[[], AbstractContextManager[Steps]]]:
    """The same run on the command line, asleep until it is called for; the bar that it draws says how far it is."""
    command = ["-m", "cnnlab", "train", "--recipe", "a0-simple-cnn", "--set", f"epochs={EPOCHS}", "--out", str(folder)]
    bar = folder / "bar"
    with bar.open("w") as output:
        process = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=output, stderr=output)

    def reached() -> tuple[float, int]:
        shown = re.findall(r"(\d+)/\d+ \[", bar.read_text())
        return time.time(), int(shown[-1]) if shown else 0

    @contextmanager
    def awake() -> Iterator[Steps]:
        process.send_signal(signal.SIGCONT)
        try:
            time.sleep(SETTLES)
            yield reached
        finally:
            process.send_signal(signal.SIGSTOP)

    while not reached()[1]:
        time.sleep(0.1)
    process.send_signal(signal.SIGSTOP)
    try:
        yield awake
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
