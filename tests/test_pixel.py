"""The sum behind a pixel against torch.nn.functional, for every kind of convolution."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnlab import checkpoints, models
from cnnlab.errors import CnnlabError
from cnnlab.inspection.pixel import behind
from cnnlab.inspection.trace import trace
from tests.networks import LIGHT, branched, plain, randomised


def corners(given):
    _, channels, height, width = given.shape
    middle = (channels // 2, height // 2, width // 2)
    return [(0, 0, 0), middle, (channels - 1, height - 1, width - 1), (channels - 1, 0, width - 1)]


@pytest.mark.parametrize("make", [plain, branched])
def test_the_sum_equals_conv2d_for_stride_padding_dilation_groups_and_no_bias(make, small):
    stages = trace(make(), small.test.images[:1])
    checked = 0
    for name, stage in stages.items():
        conv = stage.module
        if not isinstance(conv, nn.Conv2d):
            continue
        x = stage.taken
        padding = conv.padding
        if conv.padding_mode == "reflect":
            x, padding = F.pad(x, [3, 3, 3, 3], mode="reflect"), 0
        expected = F.conv2d(x, conv.weight, conv.bias, conv.stride, padding, conv.dilation, conv.groups)
        for channel, row, col in corners(stage.given):
            found = behind(stages, name, channel, row, col)
            assert found.value == pytest.approx(expected[0, channel, row, col].item(), abs=1e-5)
            assert found.measured == pytest.approx(expected[0, channel, row, col].item(), abs=1e-5)
            assert found.total == pytest.approx(found.products.sum(), abs=1e-5)
            assert found.products.shape == tuple(conv.weight.shape[1:])
            checked += 1
    assert checked >= 12


def test_the_clicked_sum_on_a_trained_network_and_what_follows_it(trained, small):
    network = checkpoints.load(*checkpoints.find_run("small", trained[0])).model
    stages = trace(network, small.test.images[:1])
    weight, bias = network.conv1.weight, network.conv1.bias
    by_hand = F.conv2d(small.test.images[:1] / 255, weight, bias, padding=2)
    pooled, winners = F.max_pool2d(by_hand.relu(), 2, return_indices=True)
    for channel, row, col in corners(pooled):
        found = behind(stages, "pool1", channel, row, col)
        assert divmod(winners[0, channel, row, col].item(), 28) == (found.row, found.col)
        assert found.value == pytest.approx(by_hand[0, channel, found.row, found.col].item(), abs=1e-6)
        assert [step.layer for step in found.then] == ["relu1", "pool1"]
        assert found.then[-1].value == pytest.approx(pooled[0, channel, row, col].item(), abs=1e-6)


def test_the_windows_lie_where_the_gradient_says_they_can_see(small):
    network = plain()
    for index, channel, row, col in ((0, 2, 0, 0), (4, 1, 3, 5), (7, 3, 1, 1)):
        x = (small.test.images[:1] / 255).requires_grad_()
        linear = nn.Sequential(*[_smooth(module) for module in network[: index + 1]]).eval()
        linear(x)[0, channel, row, col].backward()
        rows, cols = (x.grad[0, 0] != 0).nonzero().T
        found = behind(trace(network, small.test.images[:1]), str(index), channel, row, col)
        top, left, height, width = found.field
        seen = [rows.min().item(), cols.min().item(), rows.max().item(), cols.max().item()]
        field = [max(0, top), max(0, left), min(28, top + height) - 1, min(28, left + width) - 1]
        if index == 7:  # dilated: at the border the outermost row it sees may lie in from the window's edge
            assert seen[0] >= field[0] and seen[1] >= field[1] and seen[2] <= field[2] and seen[3] <= field[3]
        else:
            assert seen == field


def _smooth(module):
    """The same window with a gradient everywhere: averages for maxima, nothing for what only bends values."""
    if isinstance(module, nn.MaxPool2d):
        return nn.AvgPool2d(module.kernel_size, module.stride, module.padding)
    return module if isinstance(module, (nn.Conv2d, nn.AvgPool2d)) else nn.Identity()


def test_a_pixel_that_no_single_convolution_made_is_refused_by_name(small):
    stages = trace(branched(), small.test.images[:1])
    with pytest.raises(CnnlabError, match=r"pixel of blocks\.0\.relu \(2\)"):
        behind(stages, "blocks.0.relu (2)", 0, 0, 0)
    assert behind(stages, "blocks.1.conv1", 0, 3, 3).field is None


def test_the_sum_goes_through_a_residual_block_and_names_its_shortcut(small):
    network = randomised(models.build("residual-net")).eval()
    stages = trace(network, small.test.images[:1])
    given = stages["block2_1.relu_out"].given
    row, col = divmod(int(given[0, 3].argmax()), 14)
    found = behind(stages, "block2_1.relu_out", 3, row, col)
    assert found.layer == "block2_1.conv2" and found.source == "block2_1.relu1"
    assert [step.layer for step in found.then] == ["block2_1.bn2", "block2_1.add", "block2_1.relu_out"]
    assert found.then[-1].value == given[0, 3, row, col].item()
    shortcut = stages["block2_1.shortcut.bn"].given[0, 3, row, col].item()
    assert found.then[1].words == f"{shortcut:+.4f} from the block's shortcut".replace("-", "−")


@pytest.mark.parametrize(
    ("name", "layer"),
    [("alexnet", "conv2"), ("vgg-11", "conv3"), ("resnet", "block2_1.conv2"), ("residual-net", "block3_1.conv1")],
)
def test_a_field_through_adapter_and_blocks_is_where_the_gradient_is_not_zero(name, layer, small):
    network = models.build(name, options=LIGHT.get(name, {})).eval()
    stages = trace(network, small.test.images[:1])
    channels, height, width = stages[layer].given.shape[1:]
    for row, col in ((0, 0), (height // 2, width // 2), (height - 1, width - 1)):
        found = behind(stages, layer, channels - 1, row, col)
        x = (torch.rand(40, 1, 28, 28)).requires_grad_()  # many images: in some of them every ReLU on the way is open
        reached = []
        handle = network.get_submodule(layer).register_forward_hook(lambda *call, kept=reached: kept.append(call[2]))
        network(x)
        handle.remove()
        reached[0][:, :, row, col].sum().backward()
        rows, cols = (x.grad.abs().sum((0, 1)) > 0).nonzero().T
        top, left, high, wide = found.field
        field = [max(0, top), max(0, left), min(28, top + high) - 1, min(28, left + wide) - 1]
        seen = [rows.min().item(), cols.min().item(), rows.max().item(), cols.max().item()]
        assert seen == field
