"""The views of the shift page through AppTest, and the sentences they compute."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.charts import offset_maps
from cnnlab.evaluation import shifts
from cnnlab.evaluation.corruptions import CORRUPTIONS, Answers
from cnnlab.runs import store
from cnnlab.ui.shift import corruption_view, side_by_side, whole_set

ROOT = Path(__file__).parents[2]


@pytest.fixture
def network(trained):
    return store.load(*store.find_run("small", trained[0]))


@pytest.fixture
def found(network, mnist):
    part = mnist[1].part(0, 40)
    return shifts.sweep(network.model, part.images, part.labels, 4)


@pytest.mark.parametrize("view", ["One digit", "Test set", "Side by side"])
@pytest.mark.parametrize("fill", shifts.FILLS)
def test_a_view_draws_in_every_fill(view, fill, trained, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    monkeypatch.setenv("CNNLAB_SWEEPS", str(tmp_path))
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run().switch_page("pages/shift.py")
    app.session_state["shift_view"], app.session_state["shift_fill"] = view, fill
    app.run()
    assert not app.exception and not app.error
    assert app.main.subheader[0].value.startswith("Test image 4" if view == "One digit" else "Predict first")


def test_the_test_sets_sentence_is_the_mean_and_the_worst_of_eight(network, found):
    eight = [found.accuracy[4 + dy, 4 + dx] for dx in (-4, 0, 4) for dy in (-4, 0, 4) if (dx, dy) != (0, 0)]
    said = whole_set.sentence(network, found)
    assert f"reads {found.accuracy[4, 4]:.1%} right" in said
    assert f"{np.mean(eight):.1%} when moved by 4 px, {min(eight):.1%} in the worst direction" in said
    assert whole_set.clipping(network, found, "pad") == "Nothing is lost: every digit is drawn at 78% of its size."


def test_the_reason_is_the_networks_own(network):
    assert "a weight for every position" in side_by_side.why(network)
    moved = replace(network, config=network.config.replace(augment_shift=4.5))
    assert "±4.5 px" in side_by_side.why(moved)
    pooled = replace(network, config=network.config.replace(network="polyphase-cnn"))
    assert "chooses which pixels are kept" in side_by_side.why(pooled)


def test_the_range_a_network_bears_ends_at_the_first_failure(network):
    rotation = CORRUPTIONS["rotation"]
    right = np.zeros((len(rotation.levels), 10), np.uint8) + 1
    right[rotation.levels.index(-20) :][:5] = 0  # right from -20 to 20 degrees
    right[-1] = 0  # and again at 60, which does not count
    answers = Answers(right, np.zeros(10, np.int64), np.array(rotation.levels.index(0)))
    assert "from −20 to 20 degrees of rotation" in corruption_view._sentence(rotation, network, answers)


def test_frames_of_the_offset_map_lie_where_ink_is_kept(mnist):
    image = mnist[1].images[4:5].numpy()
    left, right, up, down = shifts.room(image)[0]
    mosaic = offset_maps.offset_map(np.zeros((29, 29)), "P(4)", "map", (-3, 2), (left, right, up, down))
    safe, chosen = mosaic.tiles[0].frames
    kept = 1 - shifts.clipped(image, 14)
    inside = np.zeros((29, 29))
    inside[safe.row : safe.row + safe.height, safe.col : safe.col + safe.width] = 1
    np.testing.assert_array_equal(inside, kept)
    assert (chosen.row, chosen.col) == (16, 11)
