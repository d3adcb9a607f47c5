"""What the data page counts, against numpy on the real MNIST."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cnnlab.data import statistics
from cnnlab.data.augment.geometric import Augmentation
from cnnlab.data.augment.preview import variants
from cnnlab.data.dataset import as_input, channel_statistics


@pytest.fixture(scope="module")
def part(mnist):
    return mnist[0].part(0, 9_000)


@pytest.mark.slow
def test_the_articles_mean_and_standard_deviation(mnist):
    counts = statistics.pixel_histogram(mnist[0].images)
    mean, std = statistics.moments(counts)
    assert f"{mean[0]:.6f} {std[0]:.6f}" == "0.130660 0.308108"
    assert counts.sum() == 60_000 * 784
    assert (mean, std) == channel_statistics(mnist[0].images) == (mnist[0].mean, mnist[0].std)
    last = statistics.running_moments(mnist[0].images, [60_000])
    np.testing.assert_allclose(np.concatenate(last, 1)[0], [*mean, *std], rtol=1e-12)


def test_the_histogram_is_numpys(part):
    coloured = torch.cat([part.images[:500], part.images[500:1000], part.images[1000:1500]], 1)
    found = statistics.pixel_histogram(coloured).numpy()
    for channel in range(3):
        expected = np.histogram(coloured[:, channel].numpy(), 256, (-0.5, 255.5))[0]
        np.testing.assert_array_equal(found[channel], expected)


def test_running_moments_are_numpys_of_the_first_images(part):
    counts = [1, 2, 10, 3_999, 4_000, 4_001, 9_000]
    mean, std = statistics.running_moments(part.images, counts)
    for place, count in enumerate(counts):
        first = part.images[:count].numpy() / 255
        np.testing.assert_allclose([mean[place, 0], std[place, 0]], [first.mean(), first.std()], rtol=1e-9)


def test_class_counts_and_average_digits_are_numpys(part):
    images, labels = part.images.numpy() / 255, part.labels.numpy()
    average, spread = statistics.class_images(part.images, part.labels, 11)
    np.testing.assert_array_equal(
        statistics.class_counts(part.labels, 11), [(labels == digit).sum() for digit in range(11)]
    )
    for digit in (0, 4, 9):
        np.testing.assert_allclose(average[digit], images[labels == digit].mean(0), atol=1e-12)
        np.testing.assert_allclose(spread[digit], images[labels == digit].std(0), atol=1e-12)
    assert np.isnan(average[10]).all() and np.isnan(spread[10]).all()


def test_samples_are_of_their_class_and_repeat_by_seed(part):
    found, again, other = (statistics.samples(part.labels, 11, 12, seed) for seed in (3, 3, 4))
    for digit, places in enumerate(found[:10]):
        assert len(set(places)) == 12 and (part.labels[torch.from_numpy(places)] == digit).all()
    assert len(found[10]) == 0
    assert all(map(np.array_equal, found, again)) and not np.array_equal(found[0], other[0])


def test_variants_are_the_augmentations_own_and_repeat_by_seed(part):
    images, labels, turned = part.images[:8], part.labels[:8], Augmentation(rotation=20)
    found, again = (variants(images, labels, turned, seed=5, times=3) for _ in range(2))
    np.testing.assert_array_equal(found, again)
    assert found.shape == (3, 8, 1, 28, 28)
    np.testing.assert_allclose(found[0], turned(as_input(images), torch.Generator().manual_seed(5)))
    assert not np.array_equal(found[0], found[1])
    np.testing.assert_array_equal(
        variants(images, labels, Augmentation(), seed=5, times=1)[0], images.numpy() / np.float32(255)
    )
    half = variants(images, labels, Augmentation(), seed=5, times=1, written=0.5)[0]
    same = [np.allclose(a, b) for a, b in zip(half, images / 255, strict=True)]
    assert same == [False] * 4 + [True] * 4
    with_forms = variants(images, labels, Augmentation(), seed=5, times=1, forms=1.0)[0]
    changed = {
        int(label) for label, a, b in zip(labels, with_forms, images / 255, strict=True) if not np.allclose(a, b)
    }
    assert changed <= {0, 1, 7} and 1 in changed
