"""The first 50 losses of four recipes, recorded before the files moved: no later change may move them unnoticed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from cnnlab.common.threads import one_thread
from cnnlab.data import datasets
from cnnlab.data.splits import split
from cnnlab.training.recipes import recipe
from cnnlab.training.trainer import Trainer

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "losses.json").read_text())  # seed 0, CPU, one thread


LARGE = ("draw", "best-accuracy")


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * (name in LARGE)) for name in GOLDEN])
def test_the_first_losses_are_those_recorded(name):
    config = recipe(name).config.replace(seed=0, device="cpu")
    with one_thread():
        trainer = Trainer(config, split(config.split, *datasets.load(config.dataset)), torch.device("cpu"))
        for _ in GOLDEN[name]:
            trainer.step()
        assert trainer.read_steps(force=True).losses == pytest.approx(GOLDEN[name], rel=1e-5)
