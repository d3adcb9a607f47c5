"""Attribution against gradients and occlusions worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnlab.inspection.attribution import METHODS, attribute
from tests.support.small_networks import branched, plain


def test_saliency_is_the_size_of_the_gradient(small):
    network, target = plain(), 3
    x = (small.test.images[:1] / 255).requires_grad_()
    network(x)[0, target].backward()
    found = attribute(network, small.test.images[0], target, "Saliency")
    np.testing.assert_allclose(found, x.grad[0, 0].abs().numpy(), rtol=1e-4, atol=1e-7)


def test_occlusion_is_the_mean_loss_of_the_logit_over_the_patches_that_cover_a_pixel(small):
    network, target = plain(), 5
    x = small.test.images[:1] / 255
    whole = network(x)[0, target].item()
    losses, covers = np.zeros((28, 28)), np.zeros((28, 28))
    for row in range(0, 25, 2):
        for col in range(0, 25, 2):
            covered = x.clone()
            covered[..., row : row + 4, col : col + 4] = 0
            losses[row : row + 4, col : col + 4] += whole - network(covered)[0, target].item()
            covers[row : row + 4, col : col + 4] += 1
    found = attribute(network, small.test.images[0], target, "Occlusion")
    np.testing.assert_allclose(found, losses / covers, atol=1e-4)


def test_grad_cam_weighs_the_last_rectified_maps_with_their_mean_gradient(small):
    network, target = plain(), 1
    x = small.test.images[:1] / 255
    maps = network[:9](x).requires_grad_()
    network[9:](maps)[0, target].backward()
    cam = (maps.grad.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True).relu()
    expected = F.interpolate(cam.detach(), (28, 28), mode="bilinear")[0, 0]
    found = attribute(network, small.test.images[0], target, "Grad-CAM")
    torch.testing.assert_close(torch.from_numpy(found), expected, rtol=1e-4, atol=1e-6)


def test_grad_cam_passes_over_maps_of_a_single_place(small):
    torch.manual_seed(5)
    network = nn.Sequential(nn.Conv2d(1, 3, 4, 4), nn.ReLU(), nn.Conv2d(3, 5, 7), nn.ReLU(), nn.Flatten())
    maps = network[:2](small.test.images[:1] / 255).detach().requires_grad_()
    network[2:](maps)[0].max().backward()
    target = int(network[2:](maps)[0].argmax())
    cam = (maps.grad.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True).relu()
    expected = F.interpolate(cam.detach(), (28, 28), mode="bilinear")[0, 0]
    found = attribute(network, small.test.images[0], target, "Grad-CAM")
    torch.testing.assert_close(torch.from_numpy(found), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_it_works_with_branches_and_leaves_the_network_as_it_was(method, small):
    network = branched()
    found = attribute(network, small.test.images[0], 7, method)
    assert found.shape == (28, 28)
    assert np.isfinite(found).all()
    assert not any(module._forward_hooks or module._backward_hooks for module in network.modules())
    assert not any(parameter.requires_grad for parameter in network.parameters())
