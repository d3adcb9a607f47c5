"""The threshold below which an image is not like those that were learned, and the nearest images."""

from __future__ import annotations

import numpy as np
import torch
from sklearn.neighbors import NearestNeighbors

from cnnlab.evaluation.nearest_images import nearest
from cnnlab.evaluation.out_of_distribution import threshold
from cnnlab.evaluation.predictions import Predictions


def test_all_but_a_hundredth_reach_the_threshold():
    logits = np.random.default_rng(0).normal(0, 3, (5_000, 10)).astype(np.float32)
    answers = Predictions(logits, np.zeros(5_000, np.int64), tuple("0123456789"))
    best = np.sort([max(row) for row in torch.from_numpy(logits).softmax(1).tolist()])
    assert best[49] < threshold(answers) < best[50]


def test_the_nearest_images_are_scikit_learns(mnist):
    train, test = mnist
    images = train.images[:10_000]
    search = NearestNeighbors(n_neighbors=8).fit(images.flatten(1).numpy().astype(float))
    for image in test.images[:5]:
        expected = search.kneighbors(image.flatten().numpy().astype(float)[None], return_distance=False)[0]
        assert nearest(image, images, 8).tolist() == expected.tolist()
    assert nearest(images[3], images[:5], 8).tolist()[0] == 3
