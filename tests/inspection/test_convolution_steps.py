"""Convolution, pooling and the size formula against torch.nn.functional, over random settings."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from cnnlab.errors import CnnlabError
from cnnlab.inspection.convolution_steps import Setting, convolve, output_size, pool, relu
from cnnlab.inspection.kernel_examples import A2, A2_INPUT, A2_KERNEL, A2_POOLING, INPUTS, KERNELS, named, resized

quick = settings(max_examples=150, deadline=None)
small, side = st.integers(1, 3), st.integers(1, 9)
sliding = st.builds(Setting, small, st.integers(0, 3), small)


def fits(size, kernel, setting):
    return setting.dilation * (kernel - 1) + 1 <= size + 2 * setting.padding


@quick
@given(st.integers(1, 3), side, side, st.integers(1, 5), st.integers(1, 5), sliding, st.integers(0, 2**32 - 1))
def test_every_sum_is_torchs(channels, height, width, kh, kw, setting, seed):
    rng = np.random.default_rng(seed)
    inputs, kernel, bias = rng.normal(size=(channels, height, width)), rng.normal(size=(channels, kh, kw)), rng.normal()
    if not (fits(height, kh, setting) and fits(width, kw, setting)):
        with pytest.raises(CnnlabError, match="spans"):
            convolve(inputs, kernel, setting, bias)
        return
    found = convolve(inputs, kernel, setting, bias)
    x, weight, places = torch.from_numpy(inputs)[None], torch.from_numpy(kernel)[None], setting._asdict()
    expected = F.conv2d(x, weight, torch.tensor([bias], dtype=torch.float64), **places)[0, 0]
    np.testing.assert_allclose(found.output, expected, atol=1e-10)
    each = F.conv2d(x, weight.transpose(0, 1), groups=channels, **places)[0]
    np.testing.assert_allclose(found.channel_sums, each.permute(1, 2, 0), atol=1e-10)
    patches = F.unfold(x, (kh, kw), setting.dilation, setting.padding, setting.stride)[0].T
    np.testing.assert_allclose(found.products.reshape(len(patches), -1), patches * weight.flatten(), atol=1e-10)
    assert found.output.shape == (output_size(height, kh, setting), output_size(width, kw, setting))


@quick
@given(side, side, st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_both_poolings_are_torchs(height, width, size, stride, seed):
    values = np.random.default_rng(seed).normal(size=(height, width))
    if size > min(height, width):
        with pytest.raises(CnnlabError, match="spans"):
            pool(values, size, stride)
        return
    found, x = pool(values, size, stride), torch.from_numpy(values)[None]
    np.testing.assert_allclose(found.largest, F.max_pool2d(x, size, stride)[0], atol=1e-12)
    np.testing.assert_allclose(found.mean, F.avg_pool2d(x, size, stride)[0], atol=1e-12)
    np.testing.assert_array_equal(relu(values), F.relu(x)[0])


@quick
@given(st.integers(1, 40), st.integers(1, 7), sliding)
def test_the_size_formula_is_what_torch_gives_or_refuses(size, kernel, setting):
    try:
        expected = F.conv1d(torch.zeros(1, 1, size), torch.zeros(1, 1, kernel), **setting._asdict()).shape[2]
    except RuntimeError:
        with pytest.raises(CnnlabError, match=f"kernel of {kernel}"):
            output_size(size, kernel, setting)
    else:
        assert output_size(size, kernel, setting) == expected


def test_the_articles_numbers():
    assert convolve(A2_INPUT[None], A2_KERNEL[None]).output.tolist() == [[4, 2, 2], [1, 4, 2], [5, 0, 5]]
    pooled = pool(A2_POOLING, 2, 2)
    assert pooled.largest.tolist() == [[6, 8], [14, 16]]
    assert pooled.mean.tolist() == [[3.5, 5.5], [11.5, 13.5]]
    assert output_size(28, 5, Setting(padding=2)) == 28


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        (Setting(stride=0), "The stride is 0: it must be at least 1."),
        (Setting(padding=-1), "The padding is -1: it must be at least 0."),
        (Setting(dilation=0), "The dilation is 0: it must be at least 1."),
        (Setting(dilation=3), "A kernel of 3 at dilation 3 spans 7 pixels, but the input has only 5: choose a smaller"),
    ],
)
def test_what_cannot_be_is_one_sentence(setting, sentence):
    with pytest.raises(CnnlabError, match="^" + sentence):
        output_size(5, 3, setting)


def test_named_kernels_do_what_they_say():
    image = np.random.default_rng(0).random((1, 9, 9))
    made = {name: convolve(image, kernel[None], Setting(padding=1)).output for name, (kernel, _) in KERNELS.items()}
    np.testing.assert_allclose(made["identity"], image[0])
    np.testing.assert_allclose(made["sharpen"] - made["identity"], image[0] * 5 - image[0] - _neighbours(image[0]))
    flat = np.ones((1, 5, 5))
    sums = {name: convolve(flat, kernel[None]).output[0, 0] for name, (kernel, _) in KERNELS.items()}
    assert sums == {A2: 5, "identity": 1, "edges": 0, "blur": 1, "sharpen": 1, "Sobel x": 0, "Sobel y": 0}
    edge = INPUTS["left dark, right bright"](6)[None]
    assert convolve(edge, KERNELS["Sobel x"][0][None]).output.max() == 4
    assert not convolve(edge, KERNELS["Sobel y"][0][None]).output.any()


def _neighbours(image):
    padded = np.pad(image, 1)
    return padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]


def test_one_dot_shows_the_kernel_turned_round():
    kernel = np.arange(9.0).reshape(3, 3)
    dot = INPUTS["one dot"](5)[None]
    np.testing.assert_array_equal(convolve(dot, kernel[None]).output, kernel[::-1, ::-1])


def test_every_example_has_the_size_asked_for():
    for make in INPUTS.values():
        for size in range(1, 13):
            assert make(size).shape == (size, size)
    assert np.array_equal(INPUTS[A2](5), A2_INPUT)


def test_a_kernel_keeps_its_middle_when_it_grows_or_shrinks():
    kernel = KERNELS["Sobel x"][0]
    assert np.array_equal(resized(resized(kernel, 5), 3), kernel)
    assert resized(KERNELS["edges"][0], 1).tolist() == [[8]]
    assert named(kernel) == "Sobel x" and named(kernel + 1) is None and named(resized(kernel, 5)) is None
