"""The sum behind a pixel against torch.nn.functional, for every kind of convolution."""

from __future__ import annotations

import pytest
from torch import nn
from torch.nn import functional as F

from cnnlab import models
from cnnlab.errors import CnnlabError
from cnnlab.inspection.activations import trace
from cnnlab.inspection.pixel_sum import behind
from cnnlab.runs import store
from tests.support.small_networks import branched, plain, randomised


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
    network = store.load(*store.find_run("small", trained[0])).model
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


def test_a_pixel_that_no_single_convolution_made_is_refused_by_name(small):
    stages = trace(branched(), small.test.images[:1])
    with pytest.raises(CnnlabError, match=r"pixel of blocks\.0\.relu \(2\)"):
        behind(stages, "blocks.0.relu (2)", 0, 0, 0)


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
