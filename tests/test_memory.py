"""Freed memory is used again instead of being asked for anew."""

import ctypes
import platform
import resource

import pytest
import torch

from cnnlab import memory
from cnnlab.data.splits import split
from cnnlab.training.config import TrainConfig
from cnnlab.training.trainer import Trainer


def test_glibc_takes_the_setting():
    assert memory.reuse() == (platform.libc_ver()[0] == "glibc")


def test_another_c_library_is_left_alone(monkeypatch):
    memory.reuse.cache_clear()
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    assert not memory.reuse()
    memory.reuse.cache_clear()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="a setting of glibc")
def test_a_step_of_training_costs_few_page_faults(mnist):
    trainer = Trainer(TrainConfig(), split("none", *mnist), torch.device("cpu"))
    for _ in range(10):
        trainer.step()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        trainer.step()
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before) / 20 < 500  # 2,000 to 2,800 without
