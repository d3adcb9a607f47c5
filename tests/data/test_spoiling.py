"""Spoiled training data against numpy by hand: what is changed, how much of it, and what stays as it was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from cnnlab.data.splits import Split, split
from cnnlab.data.spoiling import spoiled
from cnnlab.errors import CnnlabError


@pytest.fixture(scope="module")
def parts(mnist):
    return split("holdout", *mnist)


def places(of: torch.Tensor, among: torch.Tensor) -> list[int]:
    """Where in `among` each image of `of` stands, by its bytes."""
    known = {image.numpy().tobytes(): at for at, image in enumerate(among)}
    return [known[image.numpy().tobytes()] for image in of]


def test_without_a_fault_it_is_the_same_split(parts):
    assert spoiled(parts, seed=0).train is parts.train


def test_so_many_images_are_alike_from_every_class_and_in_their_order(parts):
    made = spoiled(parts, train_images=555, seed=0)
    found = places(made.train.images, parts.train.images)
    assert found == sorted(found) and len(set(found)) == 555
    assert torch.equal(made.train.labels, parts.train.labels[found])
    assert sorted(np.bincount(made.train.labels)) == [55] * 5 + [56] * 5
    assert found[-1] > 50_000 and found[:20] != list(range(20)), "drawn from all of them"
    assert (made.train.mean, made.train.std) == (parts.train.mean, parts.train.std)


def test_where_a_class_is_small_the_others_make_up_for_it(parts):
    labels = parts.train.labels
    few = torch.cat([(labels == digit).nonzero().flatten()[:amount] for digit, amount in ((0, 3), (1, 50), (2, 50))])
    small = replace(parts.train, images=parts.train.images[few], labels=labels[few])
    made = spoiled(Split(small, None, parts.test), train_images=43, seed=1)
    assert np.bincount(made.train.labels).tolist() == [3, 20, 20]


@pytest.mark.parametrize("fraction", [0.2, 0.9, 1.0])
def test_a_share_of_the_labels_names_another_class_each_as_often(parts, fraction):
    made = spoiled(parts, wrong_labels=fraction, seed=0)
    old, new = parts.train.labels.numpy(), made.train.labels.numpy()
    assert (old != new).sum() == round(fraction * len(old))
    wrong = old != new
    table = np.histogram2d(old[wrong], new[wrong], bins=(range(11), range(11)))[0]
    assert np.diag(table).sum() == 0
    shares = table[~np.eye(10, dtype=bool)].reshape(10, 9) / table.sum(1, keepdims=True)
    assert np.abs(shares - 1 / 9).max() < 0.04, "uniform over the other nine"
    assert np.abs(wrong[: len(old) // 2].mean() - fraction) < 0.01, "anywhere in the data"
    assert made.train.images is parts.train.images, "no image is copied"


def test_nine_tenths_of_ten_classes_leave_labels_that_say_nothing(parts):
    old, new = parts.train.labels.numpy(), spoiled(parts, wrong_labels=0.9, seed=3).train.labels.numpy()
    assert (
        np.abs(np.histogram2d(old, new, bins=(range(11), range(11)))[0] / np.bincount(old)[:, None] - 0.1).max() < 0.02
    )


def test_the_test_images_join_with_their_right_labels(parts):
    made = spoiled(parts, train_images=100, wrong_labels=1.0, test_leak=True, seed=0)
    assert len(made.train) == 100 + 10_000
    assert torch.equal(made.train.images[100:], parts.test.images)
    assert torch.equal(made.train.labels[100:], parts.test.labels)
    found = places(made.train.images[:100], parts.train.images)
    assert not (made.train.labels[:100] == parts.train.labels[found]).any()


def test_validation_and_test_stay_clean(parts):
    before = parts.train.labels.clone()
    made = spoiled(parts, train_images=500, wrong_labels=0.5, test_leak=True, seed=0)
    assert made.validation is parts.validation and made.test is parts.test
    assert torch.equal(parts.train.labels, before)


def test_the_seed_decides_and_one_fault_draws_nothing_from_another(parts):
    first, again, other = (spoiled(parts, train_images=300, wrong_labels=0.3, seed=seed).train for seed in (0, 0, 1))
    assert torch.equal(first.images, again.images) and torch.equal(first.labels, again.labels)
    assert not torch.equal(first.images, other.images)
    assert torch.equal(first.images, spoiled(parts, train_images=300, seed=0).train.images)


def test_more_images_than_there_are_is_a_sentence(parts):
    with pytest.raises(CnnlabError, match="train_images is 55,001, but there are 55,000 training images: choose"):
        spoiled(parts, train_images=55_001, seed=0)
    assert len(spoiled(parts, train_images=55_000, seed=0).train) == 55_000
