"""How soon a run obeys Stop, and how much memory training takes.

Claim: a run of A0 in the background thread, as the pages start it, takes no further step later than 100 ms after Stop;
its process takes at most 1.2 GB. A run of AlexNet, whose steps take seconds, has ended and is saved within a second.

    python -m benchmarks.stop [--stops 20] [--recipe a0-simple-cnn] [--network alexnet --seconds 12]
                              [--device auto|cpu|cuda]

Each run is stopped at another moment of its first epoch and a half, so that measurements between the steps and the end
of an epoch are hit as well; with --seconds, at moments spread over those first seconds. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.support.machine import describe_machine
from cnnlab.runs import launch
from cnnlab.training.recipes import recipe
from cnnlab.training.runner import Runner
from cnnlab.training.snapshot import Snapshot

LOOK = 0.0005  # seconds between two looks at the run


def main() -> None:
    """Measure and print the figures."""
    parser = argparse.ArgumentParser(description="How soon Stop is obeyed.")
    parser.add_argument("--stops", type=int, default=20)
    parser.add_argument("--recipe", default="a0-simple-cnn")
    parser.add_argument("--network")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    config = recipe(options.recipe).config.replace(device=options.device)
    if options.network:
        config = config.replace(network=options.network, options={})
    steps = -(-len(launch.prepare(config, Path()).split.train) // config.batch_size)
    waits, ends = [], []
    for number in range(options.stops):
        with tempfile.TemporaryDirectory() as folder:
            runner = Runner()
            runner.start(launch.prepare(config, Path(folder)))
            moment = (number + 1) / options.stops
            if options.seconds:
                time.sleep(moment * options.seconds)
            else:
                last = round(moment * steps * 1.5)
                until(runner, lambda now, at=last: now.step >= at)
            before = runner.snapshot()
            asked = time.perf_counter()
            runner.stop()
            until(runner, lambda now: now.state not in ("starting", "running"))
            waits.append(1000 * (time.perf_counter() - asked))
            runner.wait()
            ends.append(1000 * (time.perf_counter() - asked))
        print(
            f"{before.state}, step {before.step:5d}: obeyed after {waits[-1]:6.1f} ms, saved after {ends[-1]:7.1f} ms"
        )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"obeyed: median {statistics.median(waits):.1f} ms, worst {max(waits):.1f} ms; at most {memory:,} MB")
    print(
        json.dumps(
            {
                "machine": describe_machine(),
                "recipe": options.recipe,
                "network": config.network,
                "obeyed_ms": [round(each, 1) for each in waits],
                "saved_ms": [round(each, 1) for each in ends],
                "peak_memory_mb": memory,
            }
        )
    )


def until(runner: Runner, reached) -> Snapshot:
    """The first snapshot that `reached` accepts."""
    while not reached(now := runner.snapshot()):
        time.sleep(LOOK)
    return now


if __name__ == "__main__":
    main()
