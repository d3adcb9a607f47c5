from __future__ import annotations

import pytest
import torch

from cnnlab.data.augment.digit_styles import add_digit_styles
from cnnlab.data.dataset import as_input
from cnnlab.errors import CnnlabError
from cnnlab.training.config import TrainConfig


@pytest.fixture(scope="module")
def batch(mnist):
    return as_input(mnist[0].images[:2_000]), mnist[0].labels[:2_000]


def test_only_ones_sevens_and_zeros_get_ink_and_about_the_share_asked_for(batch):
    images, labels = batch
    changed = (add_digit_styles(images, labels, 0.5, torch.Generator().manual_seed(0)) != images).any(3).any(2).any(1)
    shares = {digit: changed[labels == digit].float().mean().item() for digit in range(10)}
    assert all(shares[digit] == 0 for digit in (2, 3, 4, 5, 6, 8, 9))
    assert shares[1] == pytest.approx(0.45, abs=0.08)  # steeply leaning ones keep their form
    assert shares[7] == pytest.approx(0.25, abs=0.08) and shares[0] == pytest.approx(0.125, abs=0.06)


def test_a_flag_starts_at_the_top_and_lies_to_the_left():
    image = torch.zeros(40, 1, 28, 28)
    image[:, :, 4:24, 13:16] = 1
    flagged = add_digit_styles(image, torch.ones(40, dtype=torch.long), 1.0, torch.Generator().manual_seed(1))
    columns = torch.arange(28.0)
    assert (flagged.sum((1, 2, 3)) > image.sum((1, 2, 3)) + 3).all()
    middle = (flagged.sum((1, 2)) * columns).sum(1) / flagged.sum((1, 2, 3))
    assert (middle - 14).abs().max() <= 0.51, "it stays centred, to half a pixel"
    top, stem = flagged[:, 0, 3:8], flagged[:, 0, 18:21]
    leans = (top.sum(1) * columns).sum(1) / top.sum((1, 2)) - (stem.sum(1) * columns).sum(1) / stem.sum((1, 2))
    assert (leans < 0).all()


def test_a_seed_repeats(batch):
    first, again = (add_digit_styles(*batch, 0.5, torch.Generator().manual_seed(5)) for _ in range(2))
    assert torch.equal(first, again)


def test_blank_images_pass(batch):
    blank = torch.zeros(3, 1, 28, 28)
    assert add_digit_styles(blank, torch.tensor([1, 7, 0]), 1.0, torch.Generator()).isfinite().all()


def test_settings_are_checked():
    with pytest.raises(CnnlabError, match="augment_forms is 2"):
        TrainConfig(augment_forms=2)
    with pytest.raises(CnnlabError, match="augment_rotation is -1"):
        TrainConfig(augment_rotation=-1)
    with pytest.raises(CnnlabError, match="schedule is 'linear'.*cosine"):
        TrainConfig(schedule="linear")
