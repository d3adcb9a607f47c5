"""The exciting patches against a search through every pixel of every map."""

from __future__ import annotations

import numpy as np
import pytest

from cnnlab.inspection.activations import trace
from cnnlab.inspection.top_activations import top_activations
from tests.support.small_networks import branched, plain


@pytest.mark.parametrize(
    ("make", "layer"), [(plain, "0"), (plain, "4"), (branched, "stem"), (branched, "blocks.0.conv1")]
)
def test_they_equal_a_brute_force_search(make, layer, small):
    images = small.test.images[:700]  # more than one batch
    network = make()
    found = top_activations(network, layer, images, count=9)
    given = trace(network, images)[layer].given.numpy()
    for channel in range(given.shape[1]):
        places = [
            (-given[n, channel].max(), n, *np.unravel_index(given[n, channel].argmax(), given.shape[2:]))
            for n in range(len(images))
        ]
        for rank, (value, image, row, col) in enumerate(sorted(places)[:9]):
            assert found.values[channel, rank] == pytest.approx(-value, abs=1e-6)
            assert found.images[channel, rank] == image
            assert (found.rows[channel, rank], found.cols[channel, rank]) == (row, col)


def test_the_fields_hold_the_patch_that_gives_the_value_as_far_as_it_lies_in_the_image(small):
    network = plain()
    found = top_activations(network, "0", small.test.images)
    for channel in range(6):
        row, col = int(found.rows[channel, 0]), int(found.cols[channel, 0])
        image = np.pad(small.test.images[found.images[channel, 0], 0].numpy() / 255, 2)
        patch = image[row : row + 5, col : col + 5]
        top, left, bottom, right = max(0, row - 2), max(0, col - 2), min(28, row + 3), min(28, col + 3)
        assert found.fields[channel][0] == (top, left, bottom - top, right - left)
        value = (patch * network[0].weight[channel, 0].numpy()).sum() + network[0].bias[channel].item()
        assert value == pytest.approx(found.values[channel, 0], abs=1e-5)
