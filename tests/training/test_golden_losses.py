"""The first 50 losses of four recipes, recorded before the files moved: no later change may move them unnoticed.

Fifty steps make a last bit's difference visible, and processors round differently, those with one set of vector
instructions too: there is a record for each kind of processor. On others the first losses must be the same but for
rounding.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import torch

from cnnlab.common.threads import one_thread
from cnnlab.data import datasets
from cnnlab.data.splits import split
from cnnlab.training.recipes import recipe
from cnnlab.training.trainer import Trainer

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "losses.json").read_text())  # seed 0, CPU, one thread


def processor() -> str:
    """What rounds here: the vector instructions that torch uses, and on Linux vendor, family and model."""
    told = Path("/proc/cpuinfo")
    first = told.read_text().partition("\n\n")[0] if told.exists() else ""
    lines = dict(re.findall(r"(?m)^([\w ]+?)\s*: (.*)$", first))
    kind = " ".join(lines.get(each, "") for each in ("vendor_id", "cpu family", "model"))
    return f"{torch.backends.cpu.get_cpu_capability()}, {kind}"


RECORDED = processor() in GOLDEN
LOSSES = GOLDEN[processor() if RECORDED else "AVX512"]
STEPS, TOLERANCE = (50, 1e-5) if RECORDED else (5, 1e-3)
LARGE = ("draw", "best-accuracy")
SINCE = {"draw": {"epochs": 14, "augment_written": 0, "outliers": 0}}  # what recipes were when they were recorded


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * (name in LARGE)) for name in LOSSES])
def test_the_first_losses_are_those_recorded(name):
    config = recipe(name).config.replace(seed=0, device="cpu", **SINCE.get(name, {}))
    with one_thread():
        trainer = Trainer(config, split(config.split, *datasets.load(config.dataset)), torch.device("cpu"))
        for _ in range(STEPS):
            trainer.step()
        assert trainer.read_steps(force=True).losses == pytest.approx(LOSSES[name][:STEPS], rel=TOLERANCE)
