"""How many cores a piece of work may take, for that work's thread alone."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from functools import cache

import torch
from threadpoolctl import ThreadpoolController


@cache
def _controller() -> ThreadpoolController:
    torch.get_num_threads()  # loads what is to be controlled
    return ThreadpoolController()


def at_most(count: int) -> AbstractContextManager:
    """Within it torch computes with `count` threads in the calling thread; other threads keep their counts.

    torch.set_num_threads would not do: it also sets what threads made later begin with.
    """
    torch.get_num_threads()  # a thread's first question sets its count: it must not come later and undo the limit
    return _controller().limit(limits=count, user_api="openmp")


def one_thread() -> AbstractContextManager:
    """For short passes that must stay quick beside a training run.

    With two threads on two cores every layer waits for a helper that training has put off its core: one digit took
    150 ms instead of 8, ten thousand took 4 s instead of 1.
    """
    return at_most(1)


def half_the_cores() -> int:
    """For training while others use this machine, too.

    A layer that is split over all cores waits for those that somebody else has: beside a class at its phones, one
    thread on two cores trained twice as fast as two.
    """
    return max(1, (os.cpu_count() or 1) // 2)


def all_but_one() -> AbstractContextManager:
    """For seconds of work that a page waits for: a core stays free for the browser, which draws meanwhile."""
    return at_most(max(1, (os.cpu_count() or 1) - 1))
