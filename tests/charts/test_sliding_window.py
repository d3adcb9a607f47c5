"""The sliding window is told every number that torch finds."""

from __future__ import annotations

import base64
from itertools import product

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from cnnlab.charts import sliding_window
from cnnlab.charts.palette import DIVERGING
from cnnlab.charts.sliding_window import PICTURE, SOFT, ConvolutionSteps, Window
from cnnlab.inspection.convolution_steps import Setting, convolve, pool, relu


def numbers(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


def shown(inputs: np.ndarray, kernel: np.ndarray, setting: Setting, bias: float | None) -> sliding_window.SlidingWindow:
    found = convolve(inputs, kernel, setting, bias or 0.0)
    names = ("red", "green", "blue")[: len(inputs)]
    parts = (inputs, kernel, found.products, found.channel_sums, found.output)
    return sliding_window.convolution(ConvolutionSteps(*parts, **setting._asdict(), names=names, bias=bias))


@pytest.mark.parametrize(
    ("channels", "setting", "bias"),
    [(1, Setting(), None), (3, Setting(2, 1, 1), 0.5), (2, Setting(1, 2, 2), -1.0), (1, Setting(3, 0, 2), None)],
)
def test_outputs_and_sums_are_torchs(channels, setting, bias):
    generator = np.random.default_rng(0)
    inputs, kernel = generator.normal(size=(channels, 7, 8)), generator.normal(size=(channels, 3, 2))
    payload = shown(inputs, kernel, setting, bias).payload()
    given, weights = torch.tensor(inputs)[None], torch.tensor(kernel)[None]
    how = {"stride": setting.stride, "padding": setting.padding, "dilation": setting.dilation}
    output = F.conv2d(given, weights, None if bias is None else torch.tensor([bias], dtype=torch.double), **how)[0, 0]
    sums = F.conv2d(given, weights.transpose(0, 1), groups=channels, **how)[0]
    made = payload["outputs"][0]
    assert (made["rows"], made["cols"]) == tuple(output.shape)
    np.testing.assert_allclose(numbers(made["values"]), output.flatten(), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(
        numbers(payload["channelSums"]).reshape(-1, channels), sums.flatten(1).T, rtol=1e-4, atol=1e-5
    )
    products = numbers(payload["products"]).reshape(-1, channels, 3, 2)
    padded = np.pad(inputs, ((0, 0), (setting.padding,) * 2, (setting.padding,) * 2))
    for step, (row, col) in enumerate(product(range(output.shape[0]), range(output.shape[1]))):
        for (channel, y, x), weight in np.ndenumerate(kernel):
            value = padded[
                channel, row * setting.stride + y * setting.dilation, col * setting.stride + x * setting.dilation
            ]
            assert products[step, channel, y, x] == pytest.approx(value * weight, rel=1e-4, abs=1e-6)
    assert payload["window"] == [3, 2, setting.stride, setting.dilation] and payload["bias"] == bias


def test_grids_can_be_edited_by_the_names_of_their_channels():
    small = shown(np.ones((2, 4, 4)), np.ones((2, 3, 3)), Setting(), None)
    assert [grid.edits for grid in small.inputs] == ["input red", "input green"]
    assert [grid.edits for grid in small.kernels] == ["kernel red", "kernel green"]
    assert [grid.title for grid in (*small.inputs, *small.kernels)] == ["input 4 × 4", "", "kernel 3 × 3", ""]
    assert small.channels == ("red", "green") and small.decimals == 4 and not small.shown
    alone = shown(np.ones((1, 4, 4)), np.ones((1, 3, 3)), Setting(), None)
    assert (alone.inputs[0].edits, alone.kernels[0].edits, alone.channels) == ("input", "kernel", ("",))


def test_a_digit_is_a_picture_that_begins_where_the_kernel_answers_most(mnist):
    image = mnist[1].images[0, 0].numpy() / 255
    kernel = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    window = shown(image[None], kernel[None], Setting(padding=1), None)
    response = F.conv2d(torch.tensor(image)[None, None], torch.tensor(kernel)[None, None], padding=1)[0, 0]
    assert window.inputs[0].picture and window.outputs[0].picture and window.shown and not window.inputs[0].edits
    assert abs(response.flatten()[window.start]) == response.abs().max() and window.inputs[0].padding == 1
    assert not shown(np.ones((1, PICTURE - 1, 20)), kernel[None], Setting(), None).inputs[0].picture
    coarse = shown(image[None], kernel[None], Setting(stride=3, dilation=3), None).outputs[0]
    assert coarse.picture and not shown(image[None], np.ones((1, 5, 5)), Setting(3, 0, 3), None).outputs[0].picture


@pytest.mark.parametrize(("size", "stride", "first"), [(2, 2, True), (3, 1, True), (2, 3, False)])
def test_pooling_is_torchs(size, stride, first):
    values = np.random.default_rng(1).normal(size=(6, 7))
    taken = relu(values) if first else values
    found = pool(taken, size, stride)
    window = sliding_window.pooling(values, taken if first else None, found.largest, found.mean, size, stride)
    given = torch.tensor(taken)[None, None]
    for grid, oracle in zip(window.outputs, (F.max_pool2d, F.avg_pool2d), strict=True):
        np.testing.assert_allclose(grid.values, oracle(given, size, stride)[0, 0])
    assert [grid.name for grid in window.inputs] == ["input", "after ReLU"][: 1 + first]
    np.testing.assert_array_equal(window.inputs[-1].values, np.clip(values, 0, None) if first else values)
    assert window.window == Window(size, size, stride, 1) and window.payload()["productScale"]["high"] > 0


def test_soft_colours_are_symmetric_and_paler_than_in_a_picture():
    scale = sliding_window.soft(np.array([-1.0, 3.0]))
    assert (scale.low, scale.high, scale.colours) == (-3 * SOFT, 3 * SOFT, DIVERGING)
    assert sliding_window.soft(np.zeros(0)).high == SOFT
