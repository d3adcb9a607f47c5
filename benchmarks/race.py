"""What a race of four lanes costs beside the same four runs one after the other.

Claim: a race of four lanes of A0 takes at most 1.1 times as long as the four runs by themselves, whether nobody looks
on or the training page is open in Chromium on the same two cores.

    python -m benchmarks.race [--turns 5] [--images 11000] [--epochs 2]

Race and single runs take turns in one server, each from its untrained network to its test; measured is the time from
the start to the end of the training thread. The figures are medians of the ratios of neighbours, first with no page
open, then with the training page open. The last line is JSON.
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

RATES = (0.001, 0.002, 0.0005, 0.003)
# Executed in the server before its first page: writes "race seconds" and "single seconds" lines, turn by turn.
CONTEST = """
import threading, time
from pathlib import Path
from cnnlab.runs import launch
from cnnlab.training.config import TrainConfig
from cnnlab.common import paths
from cnnlab.ui.cache import loaders

def contest():
    configs = [
        TrainConfig(recipe="a0-simple-cnn", epochs={epochs}, train_images={images}, learning_rate=rate)
        for rate in {rates}
    ]
    runner = loaders.runner()
    def clocked(*groups):
        took = 0.0
        for group in groups:
            runs = [launch.prepare(config, paths.checkpoints()) for config in group]
            began = time.perf_counter()
            runner.race(runs)
            runner.wait()
            took += time.perf_counter() - began
        return took
    clocked(configs[:1])
    while not Path("{log}.end").exists():
        if not Path("{log}.go").exists():
            time.sleep(0.1)
            continue
        race, single = clocked(configs), clocked(*([config] for config in configs))
        with open("{log}", "a") as log:
            log.write(f"{{race}} {{single}}\\n")

threading.Thread(target=contest, daemon=True).start()
"""


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--images", type=int, default=11_000)
    parser.add_argument("--epochs", type=int, default=2)
    options = parser.parse_args()
    ratios = {}
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        log = Path(folder) / "turns"
        runs = Path(folder) / "runs"
        runs.mkdir()
        before = CONTEST.format(epochs=options.epochs, images=options.images, rates=RATES, log=log)
        with serve(runs, before=before) as address:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            for watched in (False, True):
                if watched:
                    page.goto(address)
                    settled(page)
                ratios[watched] = _turns(log, options.turns, "watched" if watched else "nobody looks on")
            Path(f"{log}.end").touch()
    print(f"\n{describe_machine()}")
    unwatched, watched_ratio = (statistics.median(ratios[watched]) for watched in (False, True))
    print(f"race / four runs: {unwatched:.3f}, watched {watched_ratio:.3f}")
    print(json.dumps({"ratio": round(unwatched, 4), "watched": round(watched_ratio, 4), "turns": options.turns}))


def _turns(log: Path, count: int, who: str) -> list[float]:
    """Ratios of so many turns."""
    log.write_text("")
    go = Path(f"{log}.go")
    go.touch()
    ratios: list[float] = []
    while len(ratios) < count:
        time.sleep(0.2)
        for row in log.read_text().splitlines()[len(ratios) :]:
            race, single = map(float, row.split())
            ratios.append(race / single)
            print(f"{who}: race {race:6.1f} s   four runs {single:6.1f} s   {ratios[-1]:.3f}", flush=True)
    go.unlink()
    return ratios


if __name__ == "__main__":
    main()
