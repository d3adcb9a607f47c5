"""Programs that cnnlab wrote, imported and set beside its own trainer."""

from __future__ import annotations

import importlib.util
import sys
from itertools import islice
from pathlib import Path
from types import ModuleType

import torch

from cnnlab.common import paths
from cnnlab.data.splits import Split
from cnnlab.runs.export.script.whole_script import Script
from cnnlab.training.methods.transfer_learning import Sources
from cnnlab.training.trainer import Trainer


def imported(script: Script, folder: Path) -> ModuleType:
    """The program as a module that reads MNIST where the repository has it."""
    file = folder / "program.py"
    file.write_text(script.python)
    spec = importlib.util.spec_from_file_location("program", file)
    module = importlib.util.module_from_spec(spec)
    sys.modules["program"] = module  # dataclasses look themselves up there
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules["program"]
    module.DATA = str(paths.shipped_data())
    return module


def its_losses(program: ModuleType, parts: Split, steps: int) -> list[float]:
    """The losses of its first steps on the images of `parts`."""
    given = [part and (part.images, part.labels) for part in parts]
    statistics = (parts.train.mean, parts.train.std)[: 2 * program.new_network.__code__.co_argcount]
    model = program.new_network(*statistics)
    if hasattr(program, "spoiled"):
        given[0] = program.spoiled(given[0], given[2])
    average = [program.copy.deepcopy(model)] if hasattr(program, "mix") else []
    return list(islice(program.train(model, given[0], given[1], *average), steps))


def our_losses(config, parts: Split, steps: int, sources: Sources | None = None, by_hand=None) -> list[float]:
    """The losses of cnnlab's trainer on the same images, validated after every epoch; rates set by hand, by step."""
    trainer = Trainer(config, parts, torch.device("cpu"), sources)
    while trainer.step_count < steps and not trainer.done:
        if trainer.step_count in (by_hand or {}):
            trainer.learning_rate = by_hand[trainer.step_count]
        trainer.step()
        if trainer.at_epoch_end:
            trainer.note_validation(trainer.score_validation())
    return trainer.read_steps(force=True).losses
