"""The logits as sums, against the networks' own weights worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from cnnlab import models
from cnnlab.inspection.activations import IMAGE
from cnnlab.inspection.contributions import contributions
from cnnlab.runs import store


def shipped(name: str):
    return store.load(*store.find_run(name)).model


@pytest.mark.parametrize("name", ["a0-simple-cnn", "draw", "gap", "polyphase"])
def test_parts_and_rest_make_the_logits(mnist, name):
    model = shipped(name)
    for image in mnist[1].images[:3]:
        why = contributions(model, image)
        logits = models.logits_of(model, image[None])[0].numpy()
        np.testing.assert_allclose(why.by_map.sum(1) + why.rest, logits, atol=1e-4)
        np.testing.assert_allclose(why.by_place.sum((1, 2)) + why.rest, logits, atol=1e-4)
        assert why.parts.shape == (10, *why.maps.shape)


def test_behind_one_linear_layer_a_part_is_weight_times_value_and_the_rest_is_its_bias(mnist):
    model = shipped("draw")
    why = contributions(model, mnist[1].images[5])
    maps = torch.from_numpy(why.maps)
    weights = model.fc.weight.detach().unflatten(1, maps.shape)
    np.testing.assert_allclose(why.parts, (weights * maps).numpy(), atol=1e-5)
    np.testing.assert_allclose(why.rest, model.fc.bias.detach().numpy(), atol=1e-4)


def test_behind_global_pooling_each_place_counts_with_its_share_of_the_mean(mnist):
    model = shipped("gap")
    why = contributions(model, mnist[1].images[7])
    maps = torch.from_numpy(why.maps)
    linear = [module for module in model.modules() if isinstance(module, torch.nn.Linear)][-1]
    by_hand = linear.weight.detach()[:, :, None, None] * maps / maps[0].numel()
    np.testing.assert_allclose(why.parts, by_hand.numpy(), atol=1e-5)
    np.testing.assert_allclose(why.rest, linear.bias.detach().numpy(), atol=1e-4)


def test_behind_several_linear_layers_the_open_units_are_multiplied_through(mnist):
    model = shipped("a0-simple-cnn")
    why = contributions(model, mnist[1].images[9])
    first, second = (module for module in model.modules() if isinstance(module, torch.nn.Linear))
    pooled, places = F.max_pool2d(torch.from_numpy(why.maps)[None], 2, return_indices=True)
    hidden = first(pooled.flatten(1))[0]
    through = second.weight.detach() @ (first.weight.detach() * (hidden > 0).float()[:, None])  # [10, pooled]
    parts = (through.detach() * pooled.flatten()).unflatten(1, pooled.shape[1:])
    spread = F.max_unpool2d(parts, places.expand_as(parts), 2)
    np.testing.assert_allclose(why.parts, spread.detach().numpy(), atol=1e-4)
    bias = second.weight.detach() @ (first.bias.detach() * (hidden > 0)) + second.bias.detach()
    np.testing.assert_allclose(why.rest, bias.numpy(), atol=1e-4)


def test_without_convolutions_the_pixels_are_weighed(mnist):
    torch.manual_seed(0)
    linear = torch.nn.Linear(784, 10)
    image = mnist[1].images[0]
    why = contributions(torch.nn.Sequential(torch.nn.Flatten(), linear).eval(), image)
    assert why.layer == IMAGE
    by_hand = linear.weight.detach().view(10, 1, 28, 28) * (image.float() / 255)
    np.testing.assert_allclose(why.parts, by_hand.numpy(), atol=1e-6)
    np.testing.assert_allclose(why.rest, linear.bias.detach().numpy(), atol=1e-5)
