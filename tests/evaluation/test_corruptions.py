"""Disturbed images against SciPy and numpy, and the answers to them against a loop."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import ndimage

from cnnlab import models
from cnnlab.evaluation.corruptions import CORRUPTIONS, measure


@pytest.fixture(scope="module")
def digits(mnist):
    return mnist[1].images[:20]


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_every_level_keeps_shape_and_type_and_the_neutral_one_the_image(name, digits):
    each = CORRUPTIONS[name]
    assert torch.equal(each(digits, each.neutral), digits)
    assert each.levels == tuple(sorted(each.levels)) and each.neutral in each.levels
    for level in each.levels:
        disturbed = each(digits, level)
        assert disturbed.shape == digits.shape and disturbed.dtype == torch.uint8
        assert torch.equal(disturbed, digits) == (level == each.neutral)


def test_a_rotation_is_scipys(digits):
    ours = CORRUPTIONS["rotation"](digits, 30).float()
    expected = ndimage.rotate(digits.float().numpy(), 30, axes=(3, 2), order=1, reshape=False)
    assert (ours - torch.from_numpy(expected)).abs().max() <= 2


def test_scale_is_scipys(digits):
    ours = CORRUPTIONS["scale"](digits, 0.5)[3, 0].float()
    expected = ndimage.affine_transform(digits[3, 0].float().numpy(), [2, 2], offset=-13.5, order=1)
    assert (ours - torch.from_numpy(expected)).abs().max() <= 2


def test_noise_is_the_same_for_every_network_and_leaves_the_global_generator_alone(digits):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first = CORRUPTIONS["noise"](digits, 0.3)
    assert torch.equal(torch.rand(3), expected) and torch.equal(first, CORRUPTIONS["noise"](digits, 0.3))
    added = CORRUPTIONS["noise"](torch.full((20, 1, 28, 28), 128, dtype=torch.uint8), 0.1).float() - 128
    assert added.std().item() / 255 == pytest.approx(0.1, rel=0.03) and abs(added.mean().item()) < 1


def test_the_square_is_grey_and_in_the_middle(digits):
    ours = CORRUPTIONS["occlusion"](digits, 6).numpy()
    expected = digits.numpy().copy()
    expected[:, :, 11:17, 11:17] = 128
    np.testing.assert_array_equal(ours, expected)


def test_contrast_and_blur_are_numpys_and_scipys(digits):
    one = digits[2:3]
    faint = CORRUPTIONS["contrast"](one, 0.2).float().numpy()
    mean = np.floor(one.float().numpy().mean())
    np.testing.assert_allclose(faint, 0.2 * one.numpy() + 0.8 * mean, atol=1.01)
    blurred = CORRUPTIONS["blur"](one, 1.0).float().numpy()
    expected = ndimage.gaussian_filter(one[0, 0].float().numpy(), 1.0, radius=3, mode="mirror")
    np.testing.assert_allclose(blurred[0, 0], expected, atol=1.01)


def test_answers_are_a_plain_loop(digits, mnist):
    model, told = models.build("simple-cnn", seed=2).eval(), []
    labels, rotation = mnist[1].labels[:20], CORRUPTIONS["rotation"]
    found = measure(model, digits, labels, rotation, told.append)
    assert told[-1] == 1 and len(told) == len(rotation.levels)
    straight = model(digits.float() / 255).argmax(1)
    for level in (-60, 0, 20):
        turned = rotation(digits, level)
        answers = [model(image[None].float() / 255).argmax(1).item() for image in turned]
        at = rotation.levels.index(level)
        assert found.accuracy[at] == np.mean([a == b for a, b in zip(answers, labels.tolist(), strict=True)])
        assert found.consistency[at] == np.mean([a == b for a, b in zip(answers, straight.tolist(), strict=True)])
        sevens = [a == 7 for a, b in zip(answers, labels.tolist(), strict=True) if b == 7]
        assert found.of_class(7)[at] == np.mean(sevens)
