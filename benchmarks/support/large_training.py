"""One training in this process, its speed and the memory of it and of the processes that read for it."""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path

import psutil

from benchmarks.support.silent_recorder import SilentRecorder
from cnnlab.runs import launch
from cnnlab.training.config import TrainConfig
from cnnlab.training.trainer import Trainer

WARM_UP = 20  # steps that are not clocked
LOOK = 0.25  # seconds between two looks at the memory


class MemoryWatch(threading.Thread):
    """The highest memory of this process and of its children, in MB, while it runs."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.own = self.together = 0
        self.readers: dict[int, int] = {}
        self.over = threading.Event()

    def run(self) -> None:
        """Look again and again."""
        here = psutil.Process()
        while not self.over.wait(LOOK):
            parts = [here.memory_full_info()]
            for child in here.children():
                try:
                    parts.append(child.memory_full_info())
                except psutil.Error:
                    continue
                self.readers[child.pid] = max(self.readers.get(child.pid, 0), _mb(parts[-1].rss))
            self.own = max(self.own, _mb(parts[0].rss))
            # pss shares what several processes have among them
            self.together = max(self.together, _mb(sum(getattr(part, "pss", part.rss) for part in parts)))


def _mb(size: int) -> int:
    return size // 1_000_000


def main(dataset: str, network: str, steps: int) -> None:
    """Train so many steps on `dataset` (0: a whole epoch, validated and tested) and print the figures as JSON."""
    watch = MemoryWatch()
    watch.start()
    config = TrainConfig(dataset=dataset, network=network, epochs=1, batch_size=64, device="cpu")
    run = launch.prepare(config, Path())
    losses: list[float] = []
    if steps:
        trainer = run.trainer()
        _train(trainer, WARM_UP)
        started = time.perf_counter()
        rate = _train(trainer, steps) / (time.perf_counter() - started)
        losses = trainer.read_steps(force=True).losses
        time.sleep(2 * LOOK)
        trainer.release()
    else:
        loop = run.loop(SilentRecorder())
        loop.begin()
        while not loop.trainer.done:
            loop.advance()
        rate = loop.finish(stopped=False).images_per_second
    watch.over.set()
    watch.join()
    high = int(next(line.split()[1] for line in _status() if line.startswith("VmHWM"))) // 1000
    print(
        json.dumps(
            {
                "images_per_second": round(rate, 1),
                "own_mb": max(high, watch.own),
                "readers_mb": max(watch.readers.values(), default=0),
                "together_mb": watch.together,
                "losses": losses,
            }
        )
    )


def _train(trainer: Trainer, steps: int) -> int:
    return sum(trainer.step() for _ in range(steps))


def _status() -> list[str]:
    return Path("/proc/self/status").read_text().splitlines()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
