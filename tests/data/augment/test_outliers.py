"""What is shown as no digit: where it lies, that it is none, and that a seed repeats it."""

from __future__ import annotations

import pytest
import torch

from benchmarks.support.other_skeletons import LETTERS, SIGNS
from cnnlab import models
from cnnlab.data.augment.letter_styles import STYLES
from cnnlab.data.augment.outliers import LYING, MIRRORED, outliers, with_outliers
from cnnlab.data.dataset import as_input
from cnnlab.runs import store


def drawn(images: torch.Tensor, labels: torch.Tensor, seed: int = 0) -> torch.Tensor:
    return outliers(as_input(images), labels, torch.Generator().manual_seed(seed))


def test_they_are_images_like_mnists_and_not_its_digits(mnist):
    images, labels = mnist[0].images[:500], mnist[0].labels[:500]
    found = drawn(images, labels)
    assert found.shape == (500, 1, 28, 28) and found.min() >= 0 and found.max() <= 1
    assert (found.amax((1, 2, 3)) > 0.9).all(), "each shows something"
    assert (found != as_input(images)).flatten(1).any(1).all()
    assert torch.equal(found, drawn(images, labels)) and not torch.equal(found, drawn(images, labels, 1))


def test_only_digits_that_are_none_lying_down_are_turned(mnist):
    images, labels = mnist[0].images[:2_000], mnist[0].labels[:2_000]
    plain, found = as_input(images), drawn(images, labels)

    def digits_turned(turned: torch.Tensor) -> set[int]:
        return set(labels[(found == turned).flatten(1).all(1)].tolist())

    assert digits_turned(plain.rot90(1, (2, 3))) | digits_turned(plain.rot90(3, (2, 3))) == set(LYING)
    assert digits_turned(plain.flip(3)) == set(MIRRORED)


def test_few_of_them_are_narrow_and_upright_as_a_1_is(mnist):
    ink = drawn(mnist[0].images[:2_000], mnist[0].labels[:2_000])[:, 0] > 0.3
    height, width = (ink.any(axis).sum(1) for axis in (2, 1))
    assert (width < 0.35 * height).float().mean() < 0.02
    ones = mnist[0].images[mnist[0].labels == 1][:, 0] > 75
    assert (ones.any(1).sum(1) < 0.35 * ones.any(2).sum(1)).float().mean() > 0.3, "many a 1 is so"


def test_the_last_of_a_batch_make_room_for_them(mnist):
    images, labels = as_input(mnist[0].images[:100]), mnist[0].labels[:100]
    mixed, known = with_outliers(images, labels, 0.12, torch.Generator().manual_seed(0))
    assert known == 88 and torch.equal(mixed[:88], images[:88])
    assert (mixed[88:] != images[88:]).flatten(1).any(1).all()
    assert with_outliers(images, labels, 0.0, torch.Generator()) == (images, 100)


def test_no_letter_has_the_path_of_one_that_is_only_measured():
    """Or benchmarks.not_a_digit would ask for what was shown."""
    measured = [skeleton for variants in {**LETTERS, **SIGNS}.values() for skeleton in variants]
    assert len(STYLES) > 40 and not [style for style in STYLES if style in measured]


@pytest.mark.slow
def test_the_shipped_network_is_sure_of_few(mnist):
    images = drawn(mnist[1].images[:1_000], mnist[1].labels[:1_000])
    network = store.load(*store.find_run("draw")).model
    best = models.logits_of(network, (255 * images).byte()).softmax(1).amax(1)
    assert (best < 0.5).float().mean() > 0.85
