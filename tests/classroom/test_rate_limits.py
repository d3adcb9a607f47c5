"""Permits fill again, and whoever is refused does not wait longer for having asked."""

from __future__ import annotations

from cnnlab.classroom import rate_limits
from cnnlab.classroom.rate_limits import RateLimit


def test_a_burst_then_so_many_a_second():
    now = [0.0]
    limit = RateLimit(2.0, 3, lambda: now[0])
    assert [limit.take("a") for _ in range(5)] == [True, True, True, False, False]
    assert limit.take("b")
    now[0] = 0.5
    assert [limit.take("a") for _ in range(2)] == [True, False]
    now[0] = 100.0
    assert [limit.take("a") for _ in range(4)] == [True, True, True, False]


def test_asking_in_vain_costs_nothing():
    now = [0.0]
    limit = RateLimit(1.0, 1, lambda: now[0])
    assert limit.take("a")
    for tenth in range(1, 10):
        now[0] = tenth / 10
        assert not limit.take("a")
    now[0] = 1.01
    assert limit.take("a")


def test_what_is_remembered_is_bounded():
    limit = RateLimit(1.0, 1, lambda: 0.0)
    for number in range(rate_limits.MOST_NAMES + 50):
        limit.take(number)
    assert len(limit._left) == rate_limits.MOST_NAMES
