from __future__ import annotations

import math

import pytest
import torch
from scipy import ndimage
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as oracle

from cnnlab.data.augment.geometric import (
    Augmentation,
    Movement,
    cropped,
    erased,
    mirrored,
    sampling_matrix,
    vary_thickness,
)
from cnnlab.data.dataset import as_input
from cnnlab.errors import CnnlabError
from cnnlab.training.config import TrainConfig
from cnnlab.training.trainer import Trainer

ALL = Augmentation(rotation=10, shear=0.2, scale=0.1, aspect=0.1, shift=2, elastic=1, thickness=1)


@pytest.fixture(scope="module")
def digits(mnist):
    return as_input(mnist[0].images[:64])


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def moved(images, **amounts):
    """`images` under one known movement, through the same matrix that the random ones use."""
    names = ("angle", "shear", "scale", "aspect", "x", "y")
    values = [torch.full((len(images),), float(amounts.get(name, 0))) for name in names]
    matrix = sampling_matrix(Movement(*values), *images.shape[2:])
    grid = torch.nn.functional.affine_grid(matrix, images.shape, align_corners=False)
    return torch.nn.functional.grid_sample(images, grid, align_corners=False)


def test_nothing_is_changed_when_everything_is_off(digits):
    assert Augmentation()(digits, seeded()) is digits and not Augmentation().active


@pytest.mark.parametrize("shape", [(28, 28), (20, 32)])
def test_a_rotation_is_torchvisions(digits, shape):
    images = digits[:, :, : shape[0], :]
    images = torch.nn.functional.pad(images, (0, shape[1] - 28))
    expected = oracle.rotate(images, 17, InterpolationMode.BILINEAR)
    torch.testing.assert_close(moved(images, angle=math.radians(17)), expected, atol=1e-4, rtol=0)


def test_a_shift_is_scipys(digits):
    expected = ndimage.shift(digits.numpy(), (0, 0, -1.25, 2.5), order=1)
    torch.testing.assert_close(moved(digits, x=2.5, y=-1.25), torch.from_numpy(expected), atol=1e-5, rtol=0)


def test_scale_and_aspect_change_the_size_as_said():
    block = torch.zeros(1, 1, 40, 40)
    block[..., 10:30, 10:30] = 1
    larger, wider = moved(block, scale=0.2)[0, 0], moved(block, aspect=0.25)[0, 0]
    assert [larger.sum(axis).max().item() for axis in (0, 1)] == pytest.approx([24, 24], abs=0.1)
    assert [wider.sum(axis).max().item() for axis in (0, 1)] == pytest.approx([16, 25], abs=0.1)


def test_shear_leans_to_the_right_for_a_positive_slant():
    bar = torch.zeros(1, 1, 21, 41)
    bar[..., 20] = 1
    columns = (moved(bar, shear=-0.5)[0, 0] * torch.arange(41)).sum(1)
    assert (columns[0] - columns[20]).abs().item() == pytest.approx(10, abs=0.01)


def test_thickness_moves_both_edges():
    bar = torch.zeros(1, 1, 9, 21)
    bar[..., 8:13] = 1
    for pixels in (-2, -1, 0, 0.5, 2):
        row = vary_thickness(bar, torch.tensor([float(pixels)]))[0, 0, 4]
        assert row.sum().item() == pytest.approx(5 + pixels)


def test_a_seed_repeats_and_torchs_own_generator_plays_no_part(digits):
    torch.manual_seed(1)
    expected, first = torch.rand(2), ALL(digits, seeded(3))
    torch.manual_seed(1)
    again, other = ALL(digits, seeded(3)), ALL(digits, seeded(4))
    assert torch.equal(torch.rand(2), expected)
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert first.shape == digits.shape and first.min() >= 0 and first.max() <= 1.0001


@pytest.mark.parametrize("field", ["rotation", "shear", "scale", "aspect", "shift", "elastic", "thickness"])
def test_each_amount_does_something_but_leaves_a_digit(digits, field):
    strengths = {"rotation": 10, "shift": 1, "elastic": 1, "thickness": 1}
    changed = Augmentation(**{field: strengths.get(field, 0.1)})(digits, seeded())
    assert (changed - digits).abs().mean() > 0.003
    assert torch.nn.functional.cosine_similarity(changed.flatten(1), digits.flatten(1)).mean() > 0.6


def test_training_off_is_training_without_and_on_is_repeatable(small, config):
    def losses(**changes):
        trainer = Trainer(config.replace(**changes), small, torch.device("cpu"))
        for _ in range(4):
            trainer.step()
        return trainer.read_steps(force=True).losses

    on = {"augment_rotation": 10, "augment_elastic": 1, "augment_forms": 0.5}
    assert losses(**on) == losses(**on)
    assert losses(**on) != losses()


def test_a_crop_with_border_is_torchvisions(digits):
    x, y = torch.arange(64) % 9, torch.arange(64) % 7
    for image, left, top, ours in zip(digits, x.tolist(), y.tolist(), cropped(digits, x, y, 4), strict=True):
        assert torch.equal(ours, oracle.crop(oracle.pad(image, [4] * 4), top, left, 28, 28))


def test_mirroring_is_torchvisions_and_leaves_the_others(digits):
    chosen = torch.arange(64) % 3 == 0
    ours = mirrored(digits, chosen)
    assert torch.equal(ours[chosen], oracle.horizontal_flip(digits[chosen]))
    assert torch.equal(ours[~chosen], digits[~chosen])


def test_erasing_is_torchvisions(digits):
    top, left, high, wide = torch.randint(0, 14, (4, 64), generator=seeded())
    for number, ours in enumerate(erased(digits, top, left, high, wide)):
        expected = oracle.erase(
            digits[number], *(int(each[number]) for each in (top, left, high, wide)), torch.zeros(1)
        )
        assert torch.equal(ours, expected)


def test_random_crops_reach_every_place_evenly():
    dot = torch.zeros(20_000, 1, 9, 9)
    dot[..., 4, 4] = 1
    found = Augmentation(crop=2)(dot, seeded()).sum((0, 1))
    assert found.sum() == 20_000 and (found > 0).sum() == 25
    assert found[2:7, 2:7].min() > 700 and found[2:7, 2:7].max() < 900  # 800 each, give or take


def test_as_many_are_mirrored_and_erased_as_said():
    images = torch.ones(20_000, 1, 20, 20)
    images[..., :10] = 0.5
    flipped = Augmentation(flip=0.3)(images, seeded())
    assert (flipped[:, 0, 0, 0] == 1).float().mean().item() == pytest.approx(0.3, abs=0.01)
    gone = (Augmentation(erasing=0.6)(images, seeded()) == 0).float().mean((1, 2, 3))
    assert (gone > 0).float().mean().item() == pytest.approx(0.6, abs=0.01)
    assert gone[gone > 0].min() > 0.014 and gone.max() < 0.36  # up to rounding to whole pixels
    assert gone[gone > 0].mean().item() == pytest.approx(0.175, abs=0.01)


def test_colour_images_are_cut_mirrored_and_erased_alike_in_every_channel():
    images = torch.rand(8, 1, 12, 16, generator=seeded()).expand(-1, 3, -1, -1)
    changed = Augmentation(crop=3, flip=0.5, erasing=0.5)(images, seeded())
    assert torch.equal(changed[:, 0], changed[:, 1]) and torch.equal(changed[:, 0], changed[:, 2])
    assert changed.shape == images.shape


def test_digits_are_not_mirrored():
    with pytest.raises(CnnlabError, match="augment_flip is 0.5: a mirrored sign of mnist is another one or none"):
        TrainConfig(augment_flip=0.5)
