"""Passes that keep to one core, so that they stay quick beside a training run."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

import torch
from threadpoolctl import ThreadpoolController


@cache
def _controller() -> ThreadpoolController:
    torch.get_num_threads()  # loads what is to be controlled
    return ThreadpoolController()


def one_thread() -> AbstractContextManager:
    """Within it torch computes on the calling thread alone; other threads keep their counts.

    A training thread that uses both of two cores makes every layer here wait for a descheduled helper: one digit took
    150 ms instead of 8, ten thousand took 4 s instead of 1. torch.set_num_threads would not do: it also sets what
    threads made later begin with, the training thread among them.
    """
    torch.get_num_threads()  # a thread's first question sets its count: it must not come later and undo the limit
    return _controller().limit(limits=1, user_api="openmp")
