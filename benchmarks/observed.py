"""What a watching browser costs the training.

Claim: with the training page open in a tab, A0's training on two CPU cores keeps at least 92 % of the images a second
that it reaches with no page open. Server, training thread and Chromium share the cores, as on a teacher's laptop.

    python -m benchmarks.observed [--pairs 7] [--seconds 6]

One run trains throughout; windows with the tab on the training page and on a blank page alternate. The figure is the
median of the ratios of neighbouring windows. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.support.browser import chromium, serve, settled
from benchmarks.support.machine import describe_machine

EPOCHS = 500  # far more than the measurement needs
PROBE = """
import threading, time
def probe(path={path!r}):
    from cnnlab.ui.cache import loaders
    with open(path, "w") as file:
        while True:
            file.write(f"{{time.time()}} {{loaders.runner().snapshot().step}}\\n")
            file.flush()
            time.sleep(0.1)
threading.Thread(target=probe, daemon=True).start()
"""
BATCH = 64


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=6.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        log = Path(folder) / "steps"
        with serve(Path(folder), before=PROBE.format(path=str(log))) as address:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            _start(page, address)
            ratios, watched, alone = [], [], []
            for _ in range(options.pairs):
                page.goto("about:blank")
                alone.append(_rate(log, options.seconds))
                page.goto(address)
                page.get_by_role("button", name="Pause").wait_for()
                settled_after = 2.0  # the page itself has to load first; that is not what is claimed
                time.sleep(settled_after)
                watched.append(_rate(log, options.seconds))
                ratios.append(watched[-1] / alone[-1])
                print(f"headless {alone[-1]:7,.0f}   watched {watched[-1]:7,.0f} images/s   ratio {ratios[-1]:.3f}")
    ratio = statistics.median(ratios)
    print(f"\n{describe_machine()}")
    print(f"median ratio {ratio:.3f}: a watching tab costs {1 - ratio:.1%} of the training's speed")
    print(
        json.dumps(
            {
                "ratio": round(ratio, 4),
                "cost": round(1 - ratio, 4),
                "pairs": options.pairs,
                "headless_images_per_second": round(statistics.median(alone)),
                "watched_images_per_second": round(statistics.median(watched)),
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


def _rate(log: Path, seconds: float) -> float:
    """Images a second over the coming window."""
    first = _last(log)
    time.sleep(seconds)
    last = _last(log)
    return BATCH * (last[1] - first[1]) / (last[0] - first[0])


def _last(log: Path) -> tuple[float, int]:
    moment, step = log.read_text().splitlines()[-2].split()
    return float(moment), int(step)


if __name__ == "__main__":
    main()
