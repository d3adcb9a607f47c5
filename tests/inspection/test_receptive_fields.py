"""What units see, against the gradient: a pixel is seen if the unit's value depends on it."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnlab import models
from cnnlab.inspection.receptive_fields import Shortcut, sight
from cnnlab.models.modules.pooling import BlurPool, PolyphasePool
from tests.support.small_networks import branched, plain

DIGIT = (1, 28, 28)
SMALL = [spec.name for spec in models.specs() if spec.made_for[0] == DIGIT]
LARGE = {
    "vgg-11": ({"width": 0.02, "hidden": 2, "size": 64}, (3, 64, 64)),
    "resnet": ({"widths": [4, 4, 6, 6]}, (3, 72, 64)),
    "resnet-50": ({"widths": [4, 4, 4, 4], "depths": [1, 2, 1, 1], "size": 0}, (3, 80, 80)),
    "alexnet": ({"hidden": 2, "size": 127}, DIGIT),
}


class MeanOfPhases(nn.Module):
    """PolyphasePool, but with every pixel that it might keep."""

    def forward(self, x):
        dense = F.avg_pool2d(F.pad(x, (0, 1, 0, 1), mode="circular"), 2, stride=1)
        return sum(dense[:, :, row::2, col::2] for row in (0, 1) for col in (0, 1))


class SmoothBlur(nn.Module):
    """BlurPool with means in place of maxima."""

    def forward(self, x):
        dense = F.avg_pool2d(F.pad(x, (0, 1, 0, 1), mode="replicate"), 2, stride=1)
        return F.avg_pool2d(F.pad(dense, (1, 1, 1, 1), mode="replicate"), 3, stride=2)


def smooth(module):
    """The same windows with a gradient everywhere: positive weights, means for maxima, no bends."""
    for name, child in module.named_children():
        if isinstance(child, nn.MaxPool2d):
            setattr(module, name, nn.AvgPool2d(child.kernel_size, child.stride, child.padding))
        elif isinstance(child, PolyphasePool):
            setattr(module, name, MeanOfPhases())
        elif isinstance(child, BlurPool):
            setattr(module, name, SmoothBlur())
        elif type(child).__module__.startswith("torch.nn.modules.activation") or "BatchNorm" in type(child).__name__:
            setattr(module, name, nn.Sequential())
        else:
            smooth(child)
    with torch.no_grad():
        for value in module.parameters():
            value.uniform_(0.5, 1.5)
    return module


def assert_seen_as_the_gradient_says(network, shape):
    found = sight(network, shape).seen
    outputs, checked = {}, 0
    twin = smooth(network).double().eval().requires_grad_(False)
    for name, module in twin.named_modules():
        if not list(module.children()):

            def keep(_module, _inputs, output, name=name):
                used = sum(key.partition(" (")[0] == name for key in outputs)
                outputs[name if not used else f"{name} ({used + 1})"] = output

            module.register_forward_hook(keep)
    x = torch.rand(1, *shape, dtype=torch.float64).add_(0.5).requires_grad_()
    twin(x)
    for name, output in outputs.items():
        if output.ndim != 4 or name not in found:
            continue
        down, across = output.shape[2:]
        assert found[name].units == (down, across)
        for row, col in {(0, 0), (down // 2, across // 2), (down - 1, across - 1), (0, across // 3)}:
            (gradient,) = torch.autograd.grad(output[0, :, row, col].sum(), x, retain_graph=True)
            expected = gradient[0].abs().sum(0) > 0
            assert torch.equal(torch.from_numpy(found[name].mask(row, col)), expected), (name, row, col)
            window, (rows, cols) = found[name].window(row, col), expected.nonzero().T
            assert (window.row, window.row + window.height - 1) == (rows.min(), rows.max())
            assert (window.col, window.col + window.width - 1) == (cols.min(), cols.max())
            checked += 1
    assert checked >= 8


@pytest.mark.parametrize("name", SMALL)
def test_every_small_network_sees_what_the_gradient_says(name):
    assert_seen_as_the_gradient_says(models.build(name), DIGIT)


@pytest.mark.parametrize("name", LARGE)
def test_resizing_shortcuts_and_many_layers(name):
    options, shape = LARGE[name]
    network = models.build(name, models.ImageSpec(shape).raw, options=options)
    assert_seen_as_the_gradient_says(network, shape)


@pytest.mark.parametrize("make", [plain, branched])
def test_dilation_same_padding_reflection_and_a_layer_used_twice(make):
    assert_seen_as_the_gradient_says(make(), DIGIT)


def test_sizes_without_a_border_are_the_well_known_ones():
    """AlexNet 195, VGG-16 212, ResNet-18 435 (Araujo et al. 2019), SimpleCNN by hand 5, 6, 14, 16."""
    for name, layer, side in (("alexnet", "pool3", 195), ("vgg-16", "pool5", 212), ("resnet", "block4_2.conv2", 435)):
        shape, classes = models.spec(name).made_for
        seen = sight(models.outline(name, models.ImageSpec(shape, classes)), shape).seen
        assert seen[layer].size == (side, side)
    simple = sight(models.build("simple-cnn"), DIGIT).seen
    assert [simple[layer].size[0] for layer in ("conv1", "pool1", "conv2", "pool2")] == [5, 6, 14, 16]
    assert [simple[layer].step[0] for layer in ("conv1", "pool1", "conv2", "pool2")] == [1, 2, 2, 4]
    assert simple["fc1"].size is None and simple["fc1"].window(0, 0) == (0, 0, 28, 28)


def test_shortcuts_are_found_with_and_without_layers_of_their_own():
    found = sight(models.build("residual-net"), DIGIT).shortcuts
    assert [each.layers for each in found] == [(), ("block2_1.shortcut.conv", "block2_1.shortcut.bn")] + [
        ("block3_1.shortcut.conv", "block3_1.shortcut.bn")
    ]
    assert found[0] == Shortcut("relu", "block1_1.bn2", ())
    assert found[1].end == "block2_1.bn2"


def test_looking_leaves_the_network_as_it_was():
    network = models.build("simple-cnn")
    before = network.conv1.weight.clone()
    sight(network, DIGIT)
    assert torch.equal(network.conv1.weight, before) and network.training
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in network.modules())
