from __future__ import annotations

import pytest
import torch

from cnnlab.data.splits import split
from cnnlab.errors import CnnlabError


def test_holdout_keeps_the_last_5000_training_images(mnist):
    train, test = mnist
    parts = split("holdout", train, test)
    assert (len(parts.train), len(parts.validation), len(parts.test)) == (55_000, 5_000, 10_000)
    assert torch.equal(parts.validation.images, train.images[55_000:])
    assert torch.equal(parts.validation.labels, train.labels[55_000:])


def test_a3_halves_the_test_set(mnist):
    train, test = mnist
    parts = split("test-halves", train, test)
    assert (len(parts.train), len(parts.validation), len(parts.test)) == (60_000, 5_000, 5_000)
    assert torch.equal(parts.validation.images, test.images[:5_000])
    assert torch.equal(parts.test.images, test.images[5_000:])


def test_none_validates_nothing(mnist):
    parts = split("none", *mnist)
    assert len(parts.train) == 60_000 and parts.validation is None and len(parts.test) == 10_000


def test_test_seen_validates_on_what_it_tests_on(mnist):
    parts = split("test-seen", *mnist)
    assert len(parts.train) == 60_000 and parts.validation is parts.test is mnist[1]


def test_wrong_name_and_too_little_data_are_sentences(mnist):
    train, test = mnist
    with pytest.raises(CnnlabError, match="'halves'.*holdout, test-halves, test-seen, none"):
        split("halves", train, test)
    with pytest.raises(CnnlabError, match="only 9"):
        split("holdout", train.part(0, 9), test)
    with pytest.raises(CnnlabError, match="only 1"):
        split("test-halves", train, test.part(0, 1))


def test_smaller_sets_hold_out_a_share(mnist):
    train, test = mnist
    parts = split("holdout", train.part(0, 305), test)
    assert (len(parts.train), len(parts.validation), len(parts.test)) == (275, 30, 10_000)
    assert torch.equal(parts.validation.labels, train.labels[275:305])
    parts = split("test-halves", train, test.part(0, 101))
    assert (len(parts.validation), len(parts.test)) == (50, 51)
    assert torch.equal(parts.test.labels, test.labels[50:101])
