"""A set that is too large for memory is the one that memory would hold; a limit of nothing makes any set large."""

from __future__ import annotations

import shutil
from collections import namedtuple

import pytest
import torch
from safetensors import safe_open

from cnnlab.common import paths
from cnnlab.data import datasets
from cnnlab.data.datasets import custom
from cnnlab.data.splits import split
from cnnlab.data.spoiling import spoiled
from cnnlab.errors import CnnlabError
from tests.support.digit_folders import INK, write_digits


@pytest.fixture(params=[True, False], ids=["colour", "grey"])
def both(request, mnist, tmp_path, monkeypatch):
    """The names of a small set and of a large one of the same pictures, and the folder of these."""
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path / "data"))
    names = dict(zip((4, 7, 9), INK, strict=True))
    write_digits(tmp_path / "pictures", mnist[0], 20, names, colour=request.param)
    small = custom.add(tmp_path / "pictures", "small")
    monkeypatch.setenv("CNNLAB_DATASET_MB", "0")
    large = custom.add(tmp_path / "pictures", "large")
    return small, large, tmp_path / "pictures"


def test_it_holds_the_same_images_in_its_file(both, monkeypatch):
    small, large, _ = both
    assert (large.train, large.test, large.shape, large.mean, large.std, large.notes) == (
        small.train, small.test, small.shape, small.mean, small.std, small.notes,
    )  # fmt: skip
    ours = datasets.load(large.name)
    monkeypatch.delenv("CNNLAB_DATASET_MB")
    theirs = datasets.load(small.name)
    for large_part, part in zip(ours, theirs, strict=True):
        assert part.file is None and large_part.file is not None
        assert torch.equal(large_part.images, part.images) and torch.equal(large_part.loaded().images, part.images)
        assert torch.equal(large_part.labels, part.labels) and large_part.classes == part.classes
    with safe_open(custom.file_of(large.name), "pt") as file:
        assert torch.equal(file.get_tensor("train_images"), theirs[0].images), "a file as safetensors has it"


def test_the_first_picture_in_colour_may_come_late(both, mnist):
    small, _, pictures = both
    if small.shape[0] == 3:
        write_digits(pictures, mnist[0], 3, {1: "a first class in grey"}, colour=False)
    else:
        write_digits(pictures, mnist[0], 3, {1: next(reversed(INK))}, colour=True)
    about = custom.add(pictures, "mixed")
    assert about.shape[0] == 3
    train, _ = datasets.load(about.name)
    grey = (train.images[:, :1] == train.images).flatten(1).all(1)
    assert 0 < grey.sum() < len(train)
    pixels = train.images.double() / 255
    assert about.mean == pytest.approx(pixels.mean((0, 2, 3)).tolist())


def test_what_a_fault_leaves_is_in_memory_and_what_would_copy_all_is_refused(both):
    parts = split("holdout", *datasets.load(both[1].name))
    fewer = spoiled(parts, train_images=12, seed=1).train
    assert fewer.file is None and len(fewer) == 12
    assert spoiled(parts, wrong_labels=0.5, seed=1).train.file == parts.train.file
    with pytest.raises(CnnlabError, match="test_leak is on: .* training images are too many"):
        spoiled(parts, test_leak=True, seed=1)


def test_without_room_on_the_disk_nothing_is_kept(both, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: namedtuple("Usage", "free")(50_000_000))
    with pytest.raises(CnnlabError, match=r"more.safetensors would take .* GB, but 0.1 GB are free there: free some"):
        custom.add(both[2], "more")
    assert sorted(file.stem for file in paths.custom_datasets().iterdir()) == ["large", "small"]


def test_a_picture_that_cannot_be_read_leaves_nothing(both):
    next(both[2].rglob("*.png")).write_bytes(b"no picture")
    with pytest.raises(CnnlabError, match="could not be read as a picture"):
        custom.add(both[2], "more")
    assert sorted(file.stem for file in paths.custom_datasets().iterdir()) == ["large", "small"]


def test_a_damaged_file_is_a_sentence(both):
    file = custom.file_of(both[1].name)
    whole = file.read_bytes()
    for content in (whole[:-10], whole.replace(b'"U8"', b'"I8"'), b"\xff" * 100):
        file.write_bytes(content)
        with pytest.raises(CnnlabError, match="is damaged"):
            custom.load_custom(both[1].name)


def test_the_limit_must_be_a_number(both, monkeypatch):
    monkeypatch.setenv("CNNLAB_DATASET_MB", "much")
    with pytest.raises(CnnlabError, match="CNNLAB_DATASET_MB is 'much': it must be a whole number of megabytes"):
        datasets.load(both[1].name)
