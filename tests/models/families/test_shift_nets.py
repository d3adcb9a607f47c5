"""The networks and poolings that make a shift harmless, against plain loops and their own claims."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import ndimage

from cnnlab import models
from cnnlab.models.modules.pooling import BlurPool, PolyphasePool
from cnnlab.training.recipes import recipe

NAMES = ("gap-cnn", "blurpool-cnn", "polyphase-cnn")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32)])
def test_any_image_shape(name, shape):
    model = models.build(name, models.ImageSpec(shape).raw).eval()
    assert model(torch.rand(4, *shape)).shape == (4, 10)
    if shape[0] == 1:
        assert models.parameter_count(model) == 65_162


def test_blur_pool_is_scipys_maximum_and_blur():
    x = torch.rand(2, 3, 12, 10)
    expected = np.empty((2, 3, 6, 5), np.float32)
    for n in range(2):
        for c in range(3):
            dense = ndimage.maximum_filter(x[n, c].numpy(), size=2, origin=-1, mode="nearest")
            blurred = ndimage.convolve(dense, np.outer([1, 2, 1], [1, 2, 1]) / 16, mode="nearest")
            expected[n, c] = blurred[::2, ::2]
    torch.testing.assert_close(BlurPool()(x), torch.from_numpy(expected))


def test_polyphase_pool_keeps_the_strongest_of_four_grids():
    x = torch.randn(5, 2, 8, 6)
    ours = PolyphasePool()(x).numpy()
    for n in range(5):
        dense = ndimage.maximum_filter(x[n].numpy(), size=(1, 2, 2), origin=(0, -1, -1), mode="wrap")
        grids = [dense[:, row::2, col::2] for row in (0, 1) for col in (0, 1)]
        np.testing.assert_array_equal(ours[n], max(grids, key=lambda grid: float((grid**2).sum())))


def test_polyphase_pool_moves_with_its_input_and_changes_no_value():
    x = torch.randn(3, 4, 14, 14)
    before, after = PolyphasePool()(x), PolyphasePool()(x.roll((3, -5), (2, 3)))
    assert torch.equal(before.flatten(2).sort(2).values, after.flatten(2).sort(2).values)


def test_the_polyphase_network_does_not_see_a_circular_shift(mnist):
    model = models.build("polyphase-cnn", seed=4).eval()
    x = mnist[1].images[:40].float() / 255
    for offset in ((1, 0), (0, -3), (4, 4), (-7, 2)):
        torch.testing.assert_close(model(x.roll(offset, (2, 3))), model(x), rtol=0, atol=1e-5)
    plain = models.build("simple-cnn", seed=4).eval()
    assert (plain(x.roll((4, 4), (2, 3))) - plain(x)).abs().max() > 1e-3, "the claim is about the network, not the data"


@pytest.mark.parametrize("name", ["gap", "blurpool", "polyphase"])
def test_the_networks_recipes_do_not_augment(name):
    assert not recipe(name).config.augmentation.active and recipe(name).config.network in NAMES
    assert recipe("shift-augmented").config.augment_shift >= 4
    assert recipe("shift-augmented").config.network == recipe("a0-simple-cnn").config.network
