"""Where things lie, and which variables move them."""

from __future__ import annotations

import numpy as np

from cnnlab.common import paths
from cnnlab.data.drawing import classroom_set


def test_the_data_folder_moves_the_classrooms_drawings(monkeypatch, tmp_path):
    monkeypatch.delenv("CNNLAB_CLASS_SET", raising=False)
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path / "data"))
    classroom_set.add(np.full((28, 28), 7, np.uint8), 3, "anna")
    assert paths.classroom_set() == tmp_path / "data" / "class_set" / "drawings.npz"
    assert paths.classroom_set().exists() and classroom_set.read().names == ("anna",)
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path / "other"))
    assert len(classroom_set.read()) == 0


def test_their_own_variable_comes_first(monkeypatch, tmp_path):
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CNNLAB_CLASS_SET", str(tmp_path / "mine.npz"))
    assert paths.classroom_set() == tmp_path / "mine.npz"


def test_an_empty_variable_is_none(monkeypatch):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", "")
    assert paths.checkpoints() == paths.LAB / "checkpoints"
