"""The histogram of votes: nobody's vote is lost, and the truth stands where it belongs."""

from __future__ import annotations

import numpy as np
import pytest

from cnnlab.charts.palette import GREY, RIGHT
from cnnlab.charts.vote_histogram import MOST_BINS, bins, of_choices, of_numbers


def rows(chart) -> list[dict]:
    return chart.data.to_dict("records")


@pytest.mark.parametrize("dark", [False, True])
def test_each_choice_has_its_bar_and_the_right_one_says_so(dark):
    told = rows(of_choices([("3 and 5", 2), ("4 and 9", 7)], 1, dark))
    assert [(row["answer"], row["votes"]) for row in told] == [("3 and 5", 2), ("4 and 9 ✓", 7)]
    assert [row["colour"] for row in told] == [GREY, RIGHT]
    assert all(row["colour"] == GREY for row in rows(of_choices([("a", 0), ("b", 0)], None, dark)))


@pytest.mark.parametrize(
    ("votes", "truth"),
    [
        ([90, 95, 97.5, 99], 98.2),
        ([5], 5),
        ([0, 0, 0], 0),
        ([0, 1_000_000_000], 3),
        ([-4.5, -4.4], None),
        ([1e-9, 2e-9], 0),
        (list(np.random.default_rng(0).normal(97, 2, 100)), 98.96),
    ],
)
def test_every_number_is_in_a_bin_and_the_truth_in_the_marked_one(votes, truth):
    edges = bins(votes, truth)
    assert 2 <= len(edges) <= MOST_BINS + 1 and np.allclose(np.diff(edges), edges[1] - edges[0])
    told = rows(of_numbers(votes, truth, " %", False))
    assert sum(row["votes"] for row in told) == len(votes)
    marked = [place for place, row in enumerate(told) if row["colour"] == RIGHT]
    assert len(marked) == (truth is not None)
    if marked:
        assert edges[marked[0]] - 1e-9 <= truth <= edges[marked[0] + 1] + 1e-9
