"""Pooling before ReLU changes no number."""

import copy

import pytest
import torch
from torch.nn import functional as F

from cnnlab import models
from cnnlab.data.dataset import as_input
from cnnlab.training.pool_first import pool_first


@pytest.mark.parametrize("name", ["simple-cnn", "bn-cnn", "improved-net", "lenet-5"])
def test_outputs_and_gradients_are_equal_to_the_last_bit(small, name):
    train = small[0]
    model = models.build(name, models.ImageSpec.of(train), seed=1).train()
    other = copy.deepcopy(model)
    images, labels = as_input(train.images[:64]), train.labels[:64]
    logits, again = model(images), pool_first(other)(images)
    assert torch.equal(logits, again)
    F.cross_entropy(logits, labels).backward()
    F.cross_entropy(again, labels).backward()
    for (path, parameter), twin in zip(model.named_parameters(), other.parameters(), strict=True):
        assert torch.equal(parameter.grad, twin.grad), path


def test_each_relu_stands_behind_its_pooling(small):
    train = small[0]
    model = models.build("simple-cnn", models.ImageSpec.of(train))
    kinds = [type(layer).__name__ for layer in pool_first(model)]
    assert "ReLU MaxPool2d" not in " ".join(kinds)
    assert sorted(kinds) == sorted(type(layer).__name__ for layer in model)


def test_what_is_no_row_of_layers_is_left_as_it_is():
    model = torch.nn.TransformerEncoderLayer(8, 2)
    assert pool_first(model) is model
