from __future__ import annotations

import numpy as np
import pytest
import torch

from cnnlab.evaluation.evaluation_set import evaluation_sets, of_drawings


@pytest.mark.parametrize("split", ["holdout", "none"])
def test_a_run_is_evaluated_on_all_test_images(mnist, split):
    (only,) = evaluation_sets("mnist", split, *mnist)
    assert len(only) == 10_000 and only.indices.tolist() == list(range(10_000))
    assert "10,000 test images" in only.words


def test_a_run_of_test_halves_is_evaluated_on_its_own_half(mnist):
    own, validation, whole = evaluation_sets("mnist", "test-halves", *mnist)
    assert (len(own), len(validation), len(whole)) == (5_000, 5_000, 10_000)
    assert own.words == "the run's own test half: test images 5,000 to 9,999"
    for each in (own, validation, whole):
        for place in (0, 17, len(each) - 1):
            index = int(each.indices[place])
            assert torch.equal(each.data.images[place], mnist[1].images[index]), "indices count in the whole test set"
            assert each.data.labels[place] == mnist[1].labels[index]
    assert len({each.key for each in (own, validation, whole)}) == 3


def test_a_glance_takes_every_nth_image_and_says_so(mnist):
    (whole,) = evaluation_sets("mnist", "none", *mnist)
    glance = whole.every(5)
    assert len(glance) == 2_000 and glance.indices[:3].tolist() == [0, 5, 10]
    assert glance.words == "every 5th of all 10,000 test images: 2,000 images"
    assert torch.equal(glance.data.images[2], mnist[1].images[10])
    assert glance.key != whole.key and whole.every(1) is whole


def test_drawings_are_a_set_too(mnist):
    drawings = of_drawings(mnist[1].part(0, 3), "a version")
    assert drawings.words == "all 3 drawings of the class" and drawings.drawings
    assert np.array_equal(drawings.indices, [0, 1, 2])
    assert of_drawings(mnist[1].part(0, 1), "x").words == "the one drawing of the class"
