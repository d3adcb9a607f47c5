from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnlab import models
from cnnlab.evaluation.layer_values import stations, values_at


@pytest.fixture(scope="module")
def model():
    return models.build("simple-cnn", seed=3).eval()


def test_stations_of_simple_cnn(model):
    found = [(layer.name, layer.shape) for layer in stations(model, (1, 28, 28))]
    assert found == [
        ("pixels", (1, 28, 28)),
        ("conv1", (16, 14, 14)),
        ("conv2", (32, 7, 7)),
        ("fc1", (128,)),
        ("fc2", (10,)),
    ]


def test_values_equal_a_pass_by_hand(model, mnist):
    images = mnist[1].images[:7]
    x = images.float() / 255
    first = F.max_pool2d(F.relu(F.conv2d(x, model.conv1.weight, model.conv1.bias, padding=2)), 2)
    second = F.max_pool2d(F.relu(F.conv2d(first, model.conv2.weight, model.conv2.bias, padding=2)), 2)
    third = F.relu(F.linear(second.flatten(1), model.fc1.weight, model.fc1.bias))
    expected = [x, first, second, third, F.linear(third, model.fc2.weight, model.fc2.bias)]
    for layer, want in zip(stations(model, (1, 28, 28)), expected, strict=True):
        got = np.concatenate(list(values_at(model, images, layer, batch=3)))
        np.testing.assert_allclose(got, want.detach().flatten(1).numpy(), atol=1e-5)


def test_the_model_itself_gets_no_hooks(model, mnist):
    for layer in stations(model, (1, 28, 28)):
        list(values_at(model, mnist[1].images[:2], layer))
    assert not any(module._forward_hooks for module in model.modules())


class Reused(nn.Module):
    """One activation used twice, in place, and an addition between."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(1, 2, 3, padding=1), nn.Conv2d(2, 2, 3, padding=1)
        self.act = nn.ReLU(inplace=True)
        self.head = nn.Linear(2 * 28 * 28, 10)

    def forward(self, x):
        x = self.act(self.first(x))
        x = x + self.act(self.second(x))
        return self.head(x.flatten(1))


def test_a_layer_used_twice(mnist):
    torch.manual_seed(0)
    model = Reused().eval()
    found = stations(model, (1, 28, 28))
    assert [layer.name for layer in found] == ["pixels", "first", "second", "head"]
    images = mnist[1].images[:2]
    with torch.no_grad():
        first = F.relu(model.first(images.float() / 255))
        second = F.relu(model.second(first))
    for layer, want in zip(found[1:3], (first, second), strict=True):
        np.testing.assert_allclose(next(values_at(model, images, layer)), want.flatten(1).numpy(), atol=1e-6)
