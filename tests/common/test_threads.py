"""One thread here, as many as before elsewhere."""

from __future__ import annotations

import threading

import pytest
import torch

from cnnlab.common.threads import one_thread


@pytest.fixture(autouse=True)
def _two_threads():
    """Tests compute with one, which could not be limited."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_only_the_calling_thread_is_limited():
    before, seen = torch.get_num_threads(), []
    with one_thread():
        assert torch.get_num_threads() == 1
        other = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
        other.start()
        other.join()
    assert seen == [before] == [2]
    assert torch.get_num_threads() == before


def test_it_also_limits_a_thread_that_has_never_computed():
    seen = []

    def ask():
        with one_thread():
            seen.append(torch.get_num_threads())

    fresh = threading.Thread(target=ask)
    fresh.start()
    fresh.join()
    assert seen == [1]
