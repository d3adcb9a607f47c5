"""A data set larger than memory should hold: 200,000 images of 64×64 in colour, 2.5 GB.

Claim: trained from its file, it takes under 2 GB of process memory, the processes that read ahead included, at half
the speed or more of the same set read in the way of small ones; both see the same batches, so that no loss differs in
any bit.

    python -m benchmarks.large_folder [--images 200000] [--network simple-cnn] [--turns 5] [--steps 150] [--folder PATH]

The images are MNIST's digits, enlarged, coloured and shifted by their number; they are written in the form that
add-data prepares, into a folder that is removed afterwards. Both ways are measured in processes of their own, in turns;
the mapped way then trains a whole epoch, validates and tests. Memory is the highest resident memory of each process,
and what all of them have together (pages that they share counted once). The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.support.machine import describe_machine
from cnnlab.data import datasets
from cnnlab.data.datasets import custom
from cnnlab.data.datasets.set_file import writing

ROOT = Path(__file__).parents[1]
NAME = "folder:large"
SIDE, CHUNK, TESTS = 64, 500, 20_000
WAYS = {"mapped": "0", "in memory": "9999999"}  # and the megabytes up to which a set is held in memory


def main() -> None:
    """Measure and print the figures."""
    parser = argparse.ArgumentParser(description="Training from a file that memory does not hold.")
    parser.add_argument("--images", type=int, default=200_000)
    parser.add_argument("--network", default="simple-cnn")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        size = write_set(Path(folder), options.images)
        print(f"{options.images:,} images, {size / 1e9:.2f} GB")
        rates: dict[str, list[float]] = {way: [] for way in WAYS}
        losses: dict[str, list[list[float]]] = {way: [] for way in WAYS}
        memory = dict.fromkeys(WAYS, 0)
        for turn in range(options.turns):
            for way in WAYS if turn % 2 else reversed(WAYS):
                found = measured(way, folder, options.network, options.steps)
                rates[way].append(found["images_per_second"])
                losses[way].append(found["losses"])
                memory[way] = max(memory[way], found["together_mb"])
                print(f"{way:10} {rates[way][-1]:8,.0f} images/s; {found['together_mb']:,} MB together")
        equal = all(each == losses["mapped"][0] for way in WAYS for each in losses[way])
        ratios = [ours / theirs for ours, theirs in zip(rates["mapped"], rates["in memory"], strict=True)]
        print(
            f"mapped against in memory: {statistics.median(ratios):.2f} times ({min(ratios):.2f} to {max(ratios):.2f})"
        )
        print(f"the same losses, to the bit: {equal}")
        whole = measured("mapped", folder, options.network, None)
        print(
            f"a whole epoch, validated and tested: {whole['images_per_second']:,.0f} images/s; {whole['own_mb']:,} MB, "
            f"readers {whole['readers_mb']} MB each; together {whole['together_mb']:,} MB"
        )
    whole.pop("losses")
    print(
        json.dumps(
            {
                "machine": describe_machine(),
                "images": options.images,
                "bytes": size,
                "images_per_second": rates,
                "ratio": round(statistics.median(ratios), 3),
                "same_losses": equal,
                "together_mb": memory,
                "whole_epoch": whole,
            }
        )
    )


def write_set(folder: Path, count: int) -> int:
    """Write the set below `folder`, as add-data would; return the bytes of its images."""
    train, _ = datasets.load("mnist")
    target = folder / "own" / f"{NAME.removeprefix(custom.PREFIX)}.safetensors"
    target.parent.mkdir()
    tests = min(TESTS, count // 10)
    digits, labels = train.images[:, 0].numpy(), train.labels.numpy()
    of = [labels[np.arange(first, stop) % len(digits)] for first, stop in ((0, count - tests), (count - tests, count))]
    about = {"notes": [], "source": "made of MNIST"}
    with writing(target, (3, SIDE, SIDE), (of[0], of[1]), list("0123456789"), about) as writer:
        for first in [*range(0, count - tests, CHUNK), *range(count - tests, count, CHUNK)]:
            last = count if first >= count - tests else count - tests
            writer.put(first, made(digits, np.arange(first, min(first + CHUNK, last))))
    return count * 3 * SIDE**2


def made(digits: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """uint8 [n, 3, SIDE, SIDE]: a digit each, twice as large, moved and coloured by its number."""
    large = digits[numbers % len(digits)].repeat(2, 1).repeat(2, 2)
    images = np.zeros((len(numbers), 3, SIDE, SIDE), np.uint8)
    for image, digit, number in zip(images, large, numbers, strict=True):
        top, left = number % 9, number // 9 % 9
        for channel in range(3):
            strength = 255 - 60 * ((number // 7**channel) % 4)
            image[channel, top : top + 56, left : left + 56] = digit.astype(np.uint16) * strength // 255
    return images


def measured(way: str, folder: str, network: str, steps: int | None) -> dict:
    """What a process of its own measures that trains in this way: see benchmarks/support/large_training.py."""
    environment = {**os.environ, "CNNLAB_DATA": folder, "CNNLAB_DATASET_MB": WAYS[way]}
    command = [sys.executable, "-m", "benchmarks.support.large_training", NAME, network, str(steps or 0)]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
