"""What the anatomy page says of a network's nonlinearity."""

from __future__ import annotations

import pytest

from cnnlab import models
from cnnlab.runs.store import Checkpoint
from cnnlab.training.config import TrainConfig
from cnnlab.ui.anatomy.network_anatomy import given


@pytest.mark.parametrize(
    ("activation", "said"),
    [
        ("relu", "What the layers give, before ReLU"),
        ("tanh", "What the layers give, before tanh"),
        ("leaky-relu", "What the layers give, before leaky ReLU"),
    ],
)
def test_the_nonlinearity_is_named_as_it_is(activation, said):
    config = TrainConfig(network="lenet-5", options={"activation": activation})
    images = models.ImageSpec((1, 28, 28), 10).raw
    model = models.build(config.network, images, options=config.options)
    classes = tuple(map(str, range(10)))
    assert given(Checkpoint("run", 1, model, config, classes, (1, 28, 28), "digest")) == said
