"""The written programs: do they learn what the run learned, where only torch and torchvision are installed?

    python -m benchmarks.generated_code [--only a0-simple-cnn,resnet-50 …] [--steps 50] [--whole a0-simple-cnn,gap]

Claim: the loss of every one of the first 50 steps of every recipe, and of every network under A0's training, differs
from the trainer's by at most 1e-5 of itself; a program that runs to its end has the test accuracy of the run. Each
program runs in a process of its own that finds torch, torchvision and what these two need, and nothing else; one thread
on both sides. Large networks are made small by their options (benchmarks/support/light_networks.py). a2-cifar10 is left
out where its data do not lie on the machine. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import torch

from benchmarks.support.light_networks import LIGHT
from benchmarks.support.machine import describe_machine
from benchmarks.support.torch_alone import run, torch_alone
from cnnlab import models
from cnnlab.common import paths
from cnnlab.common.threads import one_thread
from cnnlab.runs import launch, store
from cnnlab.runs.export.script.whole_script import Script, config_script, run_script
from cnnlab.training.config import TrainConfig
from cnnlab.training.recipes import RECIPES, recipe
from cnnlab.training.trainer import Trainer

TOLERANCE = 1e-5
FIRST_STEPS = """
import importlib.util, itertools, json
spec = importlib.util.spec_from_file_location("program", sys.argv[1])
program = sys.modules["program"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(program)
training, validation, test, *statistics = program.load()
model = program.new_network(*statistics)
average = [program.copy.deepcopy(model)] if hasattr(program, "mix") else []
print(json.dumps(list(itertools.islice(program.train(model, training, validation, *average), int(sys.argv[2])))))
"""
WHOLE = """
import runpy
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def main() -> None:
    """Run the benchmark; see above."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", type=_names)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--whole", type=_names, default=[])
    options = parser.parse_args()
    print(describe_machine())
    print(f"{'recipe or network':22} {'largest difference':>20} {'lines':>6}")
    rows, ends = [], []
    with torch_alone() as packages, tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "data").symlink_to(paths.shipped_data())
        for name, config in _configs():
            if options.only is not None and name not in options.only:
                continue
            script = config_script(config, name)
            theirs = json.loads(run(packages, FIRST_STEPS, _written(script, place), str(options.steps), cwd=place))
            worst = max(abs(a - b) / abs(b) for a, b in zip(theirs, _losses(config, options.steps), strict=True))
            lines = script.python.count("\n")
            print(f"{name:22} {worst:20.1e} {lines:6}", flush=True)
            rows.append({"name": name, "difference": worst, "lines": lines, "within": worst <= TOLERANCE})
        for name in options.whole:
            trained = store.open_run(paths.checkpoints() / name)
            said = run(packages, WHOLE, _written(run_script(trained), place), cwd=place).strip().splitlines()[-1]
            print(f"{name}: {said}; the run: {trained.outcome and trained.outcome.test_accuracy:.2%}", flush=True)
            ends.append({"run": name, "program": said, "accuracy": trained.outcome and trained.outcome.test_accuracy})
    print(json.dumps({"steps": options.steps, "programs": rows, "whole": ends}))


def _names(text: str) -> list[str]:
    return text.split(",")


def _configs() -> Iterator[tuple[str, TrainConfig]]:
    for each in RECIPES.values():
        if each.config.dataset == "mnist" or (paths.data() / "cifar-10-batches-py").exists():
            yield each.name, each.config.replace(device="cpu")
    for spec in models.specs():
        options = LIGHT.get(spec.name, {})
        yield spec.name, recipe("a0-simple-cnn").config.replace(network=spec.name, options=options, device="cpu")


def _written(script: Script, place: Path) -> str:
    file = place / "program.py"
    file.write_text(script.python)
    return str(file)


def _losses(config: TrainConfig, steps: int) -> list[float]:
    with one_thread():
        trainer = Trainer(config, launch.data_of(config), torch.device("cpu"))
        for _ in range(steps):
            trainer.step()
        return trainer.read_steps(force=True).losses


if __name__ == "__main__":
    main()
