"""Images that stay in a file are those that were written, however they are read."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import torch

from cnnlab import models
from cnnlab.data.dataset import Dataset
from cnnlab.data.image_file import ImageFile
from cnnlab.errors import CnnlabError
from cnnlab.models import score

HEAD = b"something before"


@pytest.fixture
def images(tmp_path):
    """(the images as a tensor, the file with them)."""
    pixels = np.random.default_rng(3).integers(0, 256, (37, 3, 8, 6), np.uint8)
    path = tmp_path / "images"
    path.write_bytes(HEAD + pixels.tobytes() + b"more")
    return torch.from_numpy(pixels), ImageFile(path, len(HEAD), 37, (3, 8, 6))


def test_rows_pieces_and_map_are_the_images(images):
    tensor, file = images
    assert len(file) == 37 and file.nbytes == tensor.nbytes
    assert torch.equal(file.mapped(), tensor)
    for places in ([4], [36, 0, 0, 17], []):
        assert torch.equal(file.rows(places), tensor[places])
    for size in (1, 10, 37, 100):
        ours, theirs = list(file.split(size)), tensor.split(size)
        assert len(ours) == len(theirs) and all(map(torch.equal, ours, theirs))
    part = pickle.loads(pickle.dumps(file)).part(5, 9)
    assert torch.equal(part.rows([0, 3]), tensor[[5, 8]]) and torch.equal(next(part.split(9)), tensor[5:9])


def test_changing_the_map_leaves_the_file(images):
    tensor, file = images
    file.mapped().zero_()
    assert torch.equal(file.mapped(), tensor)


def test_a_file_that_became_shorter_or_went_is_a_sentence(images):
    _, file = images
    file.path.write_bytes(file.path.read_bytes()[:-100])
    for read in (lambda: file.rows([36]), lambda: list(file.split(10))):
        with pytest.raises(CnnlabError, match="images could not be read .it ends too early.: add the data set again"):
            read()
    file.path.unlink()
    for read in (lambda: file.rows([0]), lambda: list(file.split(10))):
        with pytest.raises(CnnlabError, match="No such file"):
            read()


def test_a_data_set_in_a_file_is_parted_taken_loaded_and_scored_as_one_in_memory(images):
    tensor, file = images
    labels = torch.arange(37) % 3
    whole = Dataset(tensor, labels, ("a", "b", "c"), (0.5,) * 3, (0.2,) * 3)
    lying = Dataset(file.mapped(), labels, whole.classes, whole.mean, whole.std, file)
    places = torch.tensor([30, 2, 2])
    for ours, theirs in (
        (lying.part(3, 20).loaded(), whole.part(3, 20)),
        (lying.part(3, 20).part(1, 4).loaded(), whole.part(4, 7)),
        (lying.taken(places), whole.taken(places)),
    ):
        assert ours.file is None and torch.equal(ours.images, theirs.images) and torch.equal(ours.labels, theirs.labels)
    assert whole.loaded() is whole and lying.to(torch.device("cpu")).file == file
    layers = [{"kind": "conv", "channels": 3}, {"kind": "flatten"}]
    model = models.build("custom", models.ImageSpec.of(whole), options={"layers": layers})
    assert score(model, lying.part(1, 36)) == score(model, whole.part(1, 36))
