"""How values stand in the address: whatever is read is allowed, is written and read again, and nothing else raises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cnnlab.ui.state import address_kinds as kinds

KINDS = {
    "one": kinds.one_of(["One image", "Mean and spread", 3]),
    "some": kinds.some_of(["a", "b", "c"], most=2),
    "whole": kinds.whole(-14, 14),
    "decimal": kinds.decimal(-2.5, 100.0),
    "flag": kinds.flag(),
    "cell": kinds.cell((28, 28)),
    "cell_of": kinds.cell_of({"conv1": (4, 24, 24), "layer1.0.conv1": (2, 8, 8)}),
    "pair": kinds.pair_of(["0", "1", "a.b"]),
    "span": kinds.span(0, 100),
    "among": kinds.among(np.array([3, 5, 8])),
    "words": kinds.words(),
    "grid": kinds.grid(12),
}
GOOD = {
    "one": (["mean-and-spread"], "Mean and spread"),
    "some": (["c", "a"], ["c", "a"]),
    "whole": (["-14"], -14),
    "decimal": (["-2.5"], -2.5),
    "flag": (["1"], True),
    "cell": (["0.27"], (0, 27)),
    "cell_of": (["layer1.0.conv1.1.7.0"], ("layer1.0.conv1", 1, 7, 0)),
    "pair": (["1", "a.b"], ("1", "a.b")),
    "span": (["5", "95"], (5, 95)),
    "among": (["8"], 8),
    "words": (["résumé 7"], "résumé 7"),
}
NEARLY = [
    "",
    "0",
    "-15",
    "1.5",
    "1e999",
    "nan",
    "٣",
    "0.28",
    "conv1.4.0.0",
    "conv1.0.0",
    "1_2~3",
    "9" * 5000,
    "1_0~0_1",
]


@pytest.mark.parametrize("name", GOOD)
def test_a_value_is_written_as_it_is_read(name):
    texts, value = GOOD[name]
    assert KINDS[name].read(texts) == value and KINDS[name].write(value) == texts and KINDS[name].fits(value)


def test_a_grid_is_written_row_by_row():
    values = KINDS["grid"].read(["0.5_-1~2_30"])
    assert np.array_equal(values, [[0.5, -1], [2, 30]]) and KINDS["grid"].write(values) == ["0.5_-1~2_30"]


@pytest.mark.parametrize("name", KINDS)
@given(texts=st.lists(st.text(max_size=40) | st.sampled_from(NEARLY), min_size=1, max_size=4))
@example(texts=NEARLY)
def test_any_text_is_a_value_that_is_allowed_or_a_value_error(name, texts):
    kind = KINDS[name]
    try:
        value = kind.read(texts)
    except ValueError:
        return
    assert kind.fits(value)
    again = kind.read(kind.write(value) or [""])
    assert np.array_equal(again, value) if name in ("grid", "decimal") else again == value


def test_what_is_not_offered_any_more_becomes_the_nearest():
    assert KINDS["whole"].mend(40) == 14 and KINDS["some"].mend(["x", "c", "b", "a"]) == ["c", "b"]
