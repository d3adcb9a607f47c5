"""Shifts and their sweeps against numpy slicing, SciPy and plain loops."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import ndimage
from torchvision.transforms.v2 import functional as transforms

from cnnlab import models
from cnnlab.common.background import Stopped
from cnnlab.errors import CnnlabError
from cnnlab.evaluation import shifts

OFFSETS = [(0, 0), (-3, 0), (0, 5), (4, -7), (-14, 14), (13, 2), (28, 0), (0, -40)]


@pytest.fixture(scope="module")
def digits(mnist):
    return mnist[1].images[:6]


def loop(image: np.ndarray, dx: int, dy: int, circular: bool) -> np.ndarray:
    """One pixel after the other."""
    height, width = image.shape
    moved = np.zeros_like(image)
    for row in range(height):
        for col in range(width):
            if circular:
                moved[row, col] = image[(row - dy) % height, (col - dx) % width]
            elif 0 <= row - dy < height and 0 <= col - dx < width:
                moved[row, col] = image[row - dy, col - dx]
    return moved


@pytest.mark.parametrize("offset", OFFSETS)
def test_zero_fill_is_scipys_and_a_loops(digits, offset):
    dx, dy = offset
    ours = shifts.shifted(digits, dx, dy, "zero").numpy()
    np.testing.assert_array_equal(ours, ndimage.shift(digits.numpy(), (0, 0, dy, dx), order=0))
    np.testing.assert_array_equal(ours[2, 0], loop(digits[2, 0].numpy(), dx, dy, False))


@pytest.mark.parametrize("offset", OFFSETS)
def test_circular_fill_is_scipys_and_a_loops(digits, offset):
    dx, dy = offset
    ours = shifts.shifted(digits, dx, dy, "circular").numpy()
    np.testing.assert_array_equal(ours, ndimage.shift(digits.numpy(), (0, 0, dy, dx), order=0, mode="grid-wrap"))
    np.testing.assert_array_equal(ours[2, 0], loop(digits[2, 0].numpy(), dx, dy, True))


@pytest.mark.parametrize("offset", [(0, 0), (-3, 0), (4, -7), (-8, 8)])
def test_the_padded_canvas_is_numpy_slicing_and_loses_no_ink(digits, offset):
    dx, dy = offset
    expected = np.zeros((6, 1, 44, 44), np.uint8)
    expected[:, :, 8 + dy : 36 + dy, 8 + dx : 36 + dx] = digits
    canvas = shifts.on_canvas(digits, dx, dy, 8)
    np.testing.assert_array_equal(canvas.numpy(), expected)
    assert torch.equal(canvas.sum((2, 3)), digits.sum((2, 3)))
    shrunk = transforms.resize(torch.from_numpy(expected), [28, 28], antialias=True)
    assert torch.equal(shifts.shifted(digits, dx, dy, "pad", 8), shrunk)


def test_what_cannot_be_is_a_sentence(digits):
    with pytest.raises(CnnlabError, match="fill is 'mirror': choose one of zero, circular, pad"):
        shifts.shifted(digits, 1, 1, "mirror")
    with pytest.raises(CnnlabError, match=r"\(9, 0\)"):
        shifts.shifted(digits, 9, 0, "pad", 8)


@pytest.mark.parametrize("fill", shifts.FILLS)
def test_every_shift_at_once_is_one_after_the_other(digits, fill):
    together = shifts.every_shift(digits[3], 5, fill)
    alone = [shifts.shifted(digits[3], dx, dy, fill, 5) for dy in range(-5, 6) for dx in range(-5, 6)]
    assert torch.equal(together, torch.stack(alone))


def test_the_map_of_one_digit_is_a_loop_over_841_images(digits):
    model = models.build("simple-cnn", seed=3).eval()
    found = shifts.probability_map(model, digits[4].numpy(), 4, 14)
    assert found.shape == (29, 29)
    for dx, dy in [(-14, -14), (0, 0), (-3, 0), (7, 2), (14, 14)]:
        moved = loop(digits[4, 0].numpy(), dx, dy, False)
        with torch.no_grad():
            expected = model(torch.from_numpy(moved)[None, None] / 255).softmax(1)[0, 4].item()
        assert found[14 + dy, 14 + dx] == pytest.approx(expected, abs=1e-6)


def test_clipping_is_counted_where_ink_is_missing(digits):
    found = shifts.clipped(digits.numpy(), 9)
    for dx, dy in [(0, 0), (-5, 0), (5, 0), (0, 6), (0, -9), (-8, 4), (9, 9)]:
        moved = ndimage.shift(digits.numpy(), (0, 0, dy, dx), order=0)
        lost = [np.count_nonzero(a) < np.count_nonzero(b) for a, b in zip(moved, digits.numpy(), strict=True)]
        assert found[9 + dy, 9 + dx] == np.mean(lost)
    assert not shifts.clipped(np.zeros((2, 1, 28, 28), np.uint8), 14).any()


@pytest.mark.parametrize("fill", ["zero", "circular"])
def test_a_sweep_is_a_plain_loop(mnist, fill):
    part = mnist[1].part(0, 60)
    model, told = models.build("simple-cnn", seed=1).eval(), []
    found = shifts.sweep(model, part.images, part.labels, 3, fill, told.append)
    assert told[-1] == 1 and told == sorted(told) and len(told) == 49
    mode = "grid-wrap" if fill == "circular" else "constant"
    straight = model(part.images.float() / 255).argmax(1)
    for dx, dy in [(-3, -3), (0, 0), (2, -1), (3, 0)]:
        right = same = 0
        class_right = class_images = 0
        for image, label, before in zip(part.images.numpy(), part.labels, straight, strict=True):
            moved = ndimage.shift(image, (0, dy, dx), order=0, mode=mode)
            answer = model(torch.from_numpy(moved)[None].float() / 255).argmax(1).item()
            right += answer == label.item()
            same += answer == before.item()
            class_images += label.item() == 7
            class_right += label.item() == answer == 7
        assert found.accuracy[3 + dy, 3 + dx] == pytest.approx(right / 60)
        assert found.consistency[3 + dy, 3 + dx] == pytest.approx(same / 60)
        assert found.of_class(7)[3 + dy, 3 + dx] == pytest.approx(class_right / class_images)


def test_distance_is_eight_directions_and_names_the_worst():
    values = np.arange(25, dtype=float).reshape(5, 5)
    values[4, 0] = -50  # two steps left and down
    found = shifts.by_distance(values)
    assert found.mean[0] == 12 and found.worst[0] == 12
    assert found.mean[1] == np.mean([6, 7, 8, 11, 13, 16, 17, 18]) and found.worst[1] == 6
    assert found.mean[2] == np.mean([0, 2, 4, 10, 14, -50, 22, 24])
    assert found.worst[2] == -50 and found.direction[2] == (-1, 1)


def test_a_sweep_can_be_stopped(mnist):
    def stop(done: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        shifts.sweep(models.build("simple-cnn"), mnist[1].images[:5], mnist[1].labels[:5], 2, on_progress=stop)
