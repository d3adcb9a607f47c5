"""Digits written with a pen: where they lie, that they are digits, and that a seed repeats them."""

from __future__ import annotations

import pytest
import torch

from cnnlab import models
from cnnlab.data.augment.pen_digits import STYLES, write_digits
from cnnlab.data.dataset import as_input
from cnnlab.runs import store

LABELS = torch.arange(10).repeat(100)


@pytest.fixture(scope="module")
def written() -> torch.Tensor:
    return write_digits(torch.zeros(1_000, 1, 28, 28), LABELS, 1.0, torch.Generator().manual_seed(0))


def test_they_lie_as_mnists_do(written, mnist):
    ink = written[:, 0]
    assert ink.min() >= 0 and ink.max() <= 1
    rows, columns = ((ink > 0.2).any(axis).float() for axis in (2, 1))
    longer = torch.maximum(*(side.flip(1).argmax(1).neg() + 28 - side.argmax(1) for side in (rows, columns)))
    assert longer.min() >= 18 and longer.max() <= 21  # 20 pixels, and what is smoothed at the edges
    place, mass = torch.arange(28) + 0.5, ink.sum((1, 2))
    for axis in (1, 2):
        middle = (ink.sum(3 - axis) * place).sum(1) / mass
        assert ((middle - 14).abs() < 0.51).float().mean() > 0.99
    assert ink.mean() == pytest.approx(as_input(mnist[0].images[:1_000]).mean().item(), rel=0.25)


def test_most_of_them_are_read_by_a_network_that_saw_mnist_alone(written):
    network = store.load(*store.find_run("a0-simple-cnn")).model
    read = models.logits_of(network, (255 * written).byte()).argmax(1)
    assert (read == LABELS).float().mean() > 0.7


def test_only_the_first_of_a_batch_are_replaced_and_a_seed_repeats_them(mnist):
    images, labels = as_input(mnist[0].images[:200]), mnist[0].labels[:200]
    first, again = (write_digits(images, labels, 0.1, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, again) and torch.equal(first[20:], images[20:])
    assert (first[:20] != images[:20]).flatten(1).any(1).all()
    assert write_digits(images, labels, 0.0, torch.Generator()) is images


def test_every_digit_has_several_styles_that_reach_from_top_to_bottom():
    assert sorted(STYLES) == list(range(10)) and all(len(styles) >= 3 for styles in STYLES.values())
    for styles in STYLES.values():
        for style in styles:
            down = [y for stroke in style for _, y in stroke]
            assert min(down) <= 0.1 and max(down) >= 0.6
