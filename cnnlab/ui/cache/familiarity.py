"""What a drawing is compared with to tell whether it is like the images that a network learned from."""

from __future__ import annotations

import numpy as np
import torch

from cnnlab.evaluation import out_of_distribution
from cnnlab.evaluation.nearest_images import nearest
from cnnlab.evaluation.predictions import predict
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import bounded, loaders

MOST = 2_000  # validation images


def threshold(network: Checkpoint) -> float:
    """The probability that nearly all validation images give their best class (evaluation.out_of_distribution)."""
    return _threshold(network.digest, network)


@bounded.kept()
def _threshold(digest: str, _network: Checkpoint) -> float:
    parts = loaders.parts(_network.config)
    return out_of_distribution.threshold(predict(_network.model, (parts.validation or parts.test).part(0, MOST)))


def nearest_training_images(network: Checkpoint, image: np.ndarray, count: int) -> list[tuple[np.ndarray, str]]:
    """The training images most like uint8 [C, H, W], each with its class's name, nearest first."""
    config = network.config
    return _nearest(config.dataset, config.split, image.tobytes(), count, _image=image, _network=network)


@bounded.kept()
def _nearest(
    dataset: str, split: str, content: bytes, count: int, _image: np.ndarray, _network: Checkpoint
) -> list[tuple[np.ndarray, str]]:
    train = loaders.parts(_network.config).train
    found = nearest(torch.from_numpy(_image), train.images, count).tolist()
    return [(train.images[k].numpy().copy(), train.classes[int(train.labels[k])]) for k in found]
