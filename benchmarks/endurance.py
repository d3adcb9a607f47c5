"""Two hours of a lesson pressed into minutes: does anything grow, break or get lost?

Claim: while random visitors open random pages and runs are trained, stopped, resumed, renamed, deleted and imported, no
page shows an error, no saved epoch is lost, and memory, descriptors and threads of the server grow by at most 5 % after
the first tenth. A training process killed at any moment leaves a run that loads, and no temporary file after the next
start.

    python -m benchmarks.endurance [--visits 200] [--kills 200] [--seed 0]

Server and Chromium share the machine. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import psutil
from playwright.sync_api import Browser, Page
from tqdm import tqdm

from benchmarks.support.browser import ROOT, chromium, serve, settled
from benchmarks.support.machine import describe_machine
from cnnlab.errors import CnnlabError
from cnnlab.runs import archive, folders, store, trash

ERROR = '[data-testid="stException"], [data-testid="stAlertContentError"]'
OPEN = 6  # tabs that stay open while others come and go
LONGEST_LIFE = 4.0  # seconds until a training process is killed


class Reading(NamedTuple):
    """Of the server's process: megabytes of memory, open descriptors, threads."""

    megabytes: float
    descriptors: int
    threads: int


def main() -> None:
    """Measure and print the figures."""
    parser = argparse.ArgumentParser(description="Does anything grow, break or get lost?")
    parser.add_argument("--visits", type=int, default=200)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    found = {"visits": visits(options.visits, random.Random(options.seed))} if options.visits else {}
    if options.kills:
        found["kills"] = kills(options.kills, random.Random(options.seed))
    print(describe_machine())
    print(json.dumps(found))


def visits(count: int, chance: random.Random) -> dict[str, object]:
    """Let visitors come and go; (what was seen)."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        runs = Path(folder)
        for shipped in ("a0-simple-cnn", "draw", "gap"):
            shutil.copytree(ROOT / "checkpoints" / shipped, runs / shipped)
        exported = archive.export(store.open_run(runs / "gap"), runs)
        with serve(runs) as address:
            server = psutil.Process().children()[-1]
            return _lesson(browser, address, runs, exported, server, count, chance)


def _lesson(
    browser: Browser,
    address: str,
    runs: Path,
    exported: Path,
    server: psutil.Process,
    count: int,
    chance: random.Random,
) -> dict[str, object]:
    names = [file.stem for file in (ROOT / "pages").glob("*.py")]
    tabs: list[Page] = []
    readings: list[Reading] = []
    errors: list[str] = []
    kept: dict[str, set[int]] = {}
    lost: list[str] = []
    for _ in tqdm(range(count), desc="visits", file=sys.stderr):
        while len(tabs) >= OPEN:
            tabs.pop(chance.randrange(len(tabs))).context.close()
        page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
        tabs.append(page)
        name = chance.choice(names)
        page.goto(f"{address}/{name if name != 'train' else ''}")
        page.locator('[data-testid="stSidebarNavLink"]').first.wait_for(timeout=60_000)
        settled(page)
        if name == "train":
            _press(page, chance)
        errors += [f"{name}: {each}" for each in page.locator(ERROR).all_inner_texts()]
        _keep_house(runs, exported, chance, kept, lost)
        readings.append(_read(server))
    for each in tabs:
        each.context.close()
    tenth = max(1, count // 10)
    first, last = readings[tenth : 2 * tenth] or readings, readings[-tenth:]
    start, end = (Reading(*map(statistics.median, zip(*part, strict=True))) for part in (first, last))
    growth = {name: round(getattr(end, name) / getattr(start, name) - 1, 3) for name in Reading._fields}
    return {
        "count": count, "after the first tenth": start._asdict(), "at the end": end._asdict(), "growth": growth,
        "errors": errors, "lost epochs": lost, "runs": len(kept),
    }  # fmt: skip


def _press(page: Page, chance: random.Random) -> None:
    """Start, resume or stop, whichever of these the page offers now."""
    buttons = [
        button
        for name in ("Start", "Stop", "Resume")
        for button in page.get_by_role("button", name=name).all()
        if button.is_enabled()
    ]
    if buttons:
        chance.choice(buttons).click()
        page.wait_for_timeout(chance.randrange(500, 4_000))


def _keep_house(runs: Path, exported: Path, chance: random.Random, kept: dict[str, set[int]], lost: list[str]) -> None:
    """Note every run's epochs, whether one went missing, and rename, delete or import a run now and then."""
    known, unreadable = store.list_runs(runs)
    lost += [each.problem for each in unreadable]
    for run in known:
        lost += [f"{run.name}@{epoch}" for epoch in kept.get(run.name, set()) - set(run.epochs)]
        kept[run.name] = set(run.epochs)
    mine = [run for run in known if run.name.startswith(("a0-simple-cnn-", "gap-", "moved-"))]
    try:
        if chance.random() < 0.1:
            new = archive.read(exported, exported.name, runs)
            kept[new.name] = set(new.epochs)
        elif mine and chance.random() < 0.1:
            run = chance.choice(mine)
            kept.pop(run.name)
            folder = folders.rename(run.path, f"moved-{chance.randrange(10**6)}")
            kept[folder.name] = set(run.epochs)
        elif mine and chance.random() < 0.1:
            run = chance.choice(mine)
            trash.delete(run.path)
            kept.pop(run.name)
    except CnnlabError:  # it is still training
        known, _ = store.list_runs(runs)
        kept.update({run.name: set(run.epochs) for run in known})


def _read(server: psutil.Process) -> Reading:
    return Reading(server.memory_info().rss / 1e6, server.num_fds(), server.num_threads())


def train_until_killed(root: str, seed: int) -> None:
    """A training whose epochs are short, so that it saves nearly all the time."""
    import torch

    from cnnlab.data import datasets
    from cnnlab.data.splits import Split
    from cnnlab.training.config import TrainConfig
    from cnnlab.training.prepared_run import PreparedRun

    torch.set_num_threads(1)
    train, test = datasets.load("mnist")
    parts = Split(train.part(0, 400), None, test.part(0, 100))
    config = TrainConfig(recipe="killed", split="none", epochs=1_000, batch_size=100, seed=seed, device="cpu")
    recorder = store.RunWriter(Path(root), config, train.classes, train.image_shape)
    loop = PreparedRun(config, parts, torch.device("cpu"), lambda: recorder).loop(recorder)
    loop.begin()
    while True:
        loop.advance()


def kills(count: int, chance: random.Random) -> dict[str, object]:
    """Kill training processes at random moments; (what was left)."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["cnnlab.training.prepared_run", "cnnlab.data.datasets"])
    unreadable, unloadable, epochs, swept = 0, 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for number in tqdm(range(count), desc="kills", file=sys.stderr):
            process = context.Process(target=train_until_killed, args=(folder, number), daemon=True)
            process.start()
            while not list(root.glob("*/run.json")) and process.is_alive():
                time.sleep(0.05)
            time.sleep(chance.random() * LONGEST_LIFE)
            process.kill()
            process.join()
            swept += folders.sweep(root)
            known, bad = store.list_runs(root)
            unreadable += len(bad)
            for run in known:
                epochs += len(run.epochs)
                unloadable += sum(_damaged(run, epoch) for epoch in run.epochs[-3:])
                shutil.rmtree(run.path)
        left = [str(path.relative_to(root)) for path in root.rglob("*")]
    return {
        "count": count, "epochs kept": epochs, "unreadable runs": unreadable, "epochs that do not load": unloadable,
        "temporary files swept": swept, "left": left,
    }  # fmt: skip


def _damaged(run: store.Run, epoch: int) -> bool:
    try:
        return store.load(run, epoch).epoch != epoch
    except CnnlabError:
        return True


if __name__ == "__main__":
    main()
