from __future__ import annotations

import numpy as np
import pytest

from cnnlab import models
from cnnlab.evaluation import projections
from cnnlab.evaluation.layer_values import stations, values_at
from cnnlab.evaluation.projections import centres, neighbours_agree, on_map, principal


@pytest.fixture(scope="module")
def model():
    return models.build("simple-cnn", seed=3).eval()


def test_pca_of_pixels_equals_the_eigenvectors_of_the_covariance(model, mnist):
    images = mnist[1].images[:400]
    found = principal(model, images, stations(model, (1, 28, 28))[0])
    x = images.flatten(1).numpy() / 255
    x = x - x.mean(0)
    values, vectors = np.linalg.eigh(np.cov(x.T))
    expected = x @ vectors[:, [-1, -2]]
    signs = np.sign((expected * found.points).sum(0))
    np.testing.assert_allclose(found.points, expected * signs, atol=0.02)
    np.testing.assert_allclose(found.variance, values[[-1, -2]] / values.sum(), rtol=1e-3)


@pytest.mark.parametrize("layer", [0, -1])
def test_three_directions_are_those_of_numpys_svd(model, mnist, layer):
    images, place = mnist[1].images[:400], stations(model, (1, 28, 28))[layer]
    found = principal(model, images, place, 3)
    x = np.concatenate(list(values_at(model, images, place))).astype(np.float64)
    left, sizes, _ = np.linalg.svd(x - x.mean(0), full_matrices=False)
    expected = left[:, :3] * sizes[:3]
    signs = np.sign((expected * found.points).sum(0))
    np.testing.assert_allclose(found.points, expected * signs, atol=0.02 * np.abs(expected).max())
    np.testing.assert_allclose(found.variance, (sizes**2 / (sizes**2).sum())[:3], rtol=1e-2)


@pytest.mark.parametrize("images", [1, 2, 4])
def test_directions_that_are_not_there_are_flat(model, mnist, images):
    found = principal(model, mnist[1].images[:images], stations(model, (1, 28, 28))[-1], 3)
    assert found.points.shape == (images, 3) and found.variance.shape == (3,)
    assert np.abs(found.points[:, images:]).max(initial=0) == 0 and found.variance[images:].sum() == 0


def test_a_wide_layer_is_fitted_on_fewer_images_but_places_them_all(model, mnist, monkeypatch):
    images, layer = mnist[1].images[:300], stations(model, (1, 28, 28))[1]
    whole = principal(model, images, layer)
    monkeypatch.setattr(projections, "FIT_VALUES", 150 * layer.values)
    part = principal(model, images, layer)
    assert part.points.shape == (300, 2)
    assert np.corrcoef(whole.points[:, 0], part.points[:, 0])[0, 1] ** 2 > 0.9


@pytest.mark.parametrize("images", [1, 2, 3])
def test_few_images(model, mnist, images):
    for layer in stations(model, (1, 28, 28)):
        found = principal(model, mnist[1].images[:images], layer)
        assert (
            found.points.shape == (images, 2) and np.isfinite(found.points).all() and np.isfinite(found.variance).all()
        )
        assert np.isfinite(on_map(found.points, found.points)).all()


def test_equal_images_are_one_point(model, mnist):
    found = principal(model, mnist[1].images[:1].repeat(5, 1, 1, 1), stations(model, (1, 28, 28))[-1])
    assert np.isfinite(found.variance).all() and np.isfinite(on_map(found.points)).all()


def test_a_map_turned_and_mirrored_is_turned_back():
    chance = np.random.default_rng(0)
    plane = chance.normal(size=(50, 2)) * (3, 1)
    turned = (plane * (1, -1)) @ np.array([[0.6, 0.8], [-0.8, 0.6]]) + 7
    np.testing.assert_allclose(on_map(turned, on_map(plane)), on_map(plane), atol=1e-6)
    placed = on_map(plane)
    assert np.abs(placed).max() == pytest.approx(1)


def test_neighbours_by_a_loop():
    chance = np.random.default_rng(0)
    points, labels = chance.normal(size=(60, 2)), chance.integers(0, 3, 60)
    agree = 0
    for at in range(60):
        distance = [np.inf if other == at else np.linalg.norm(points[at] - points[other]) for other in range(60)]
        agree += labels[int(np.argmin(distance))] == labels[at]
    assert neighbours_agree(points, labels) == pytest.approx(agree / 60)
    assert neighbours_agree(points[:1], labels[:1]) is None


def test_centres_only_of_classes_that_occur():
    points = np.array([[0.0, 0.0], [2.0, 2.0], [1.0, 5.0]])
    assert centres(points, np.array([0, 0, 2]), 3) == [(0, 1.0, 1.0), (2, 1.0, 5.0)]
