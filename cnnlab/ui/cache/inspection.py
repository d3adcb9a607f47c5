"""The results of cnnlab.inspection, worked out once for all tabs."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import numpy as np
import torch
from torch import nn

from cnnlab import models
from cnnlab.data.dataset import Dataset
from cnnlab.evaluation.predictions import predict
from cnnlab.inspection import ablation, attribution, health, layer_summary
from cnnlab.inspection import top_activations as strongest
from cnnlab.inspection.activations import Stage, trace
from cnnlab.inspection.receptive_fields import Sight, sight
from cnnlab.inspection.top_activations import TopActivations
from cnnlab.inspection.windows import Window
from cnnlab.models.families.ensemble_net import Ensemble
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import bounded, loaders

MULTIPLY_ADDS = 4e10  # for one pass over test images: little more than a second on one core
FEWEST = 8  # test images, however large a network is
IMAGES_FOR_DEAD, IMAGES_FOR_DISTRIBUTIONS = 1_000, 100  # test images, at most
LARGE = 3_000_000  # values in one pass above which only few passes are kept
MOST_VALUES = 50_000_000  # activations held at once: 200 MB


def test_images(network: Checkpoint) -> Dataset:
    """All test images of the data set that the network was trained on."""
    return loaders.own_data(network)[1]


def stages(network: Checkpoint, images: np.ndarray) -> Mapping[str, Stage]:
    """What every layer takes and gives in one pass of uint8 images [N, C, H, W]."""
    passed = _large_stages if _values(network) * len(images) > LARGE else _stages
    return passed(network.digest, images.tobytes(), images.shape, network)


@bounded.kept()
def _stages(digest: str, content: bytes, shape: tuple[int, ...], _network: Checkpoint) -> Mapping[str, Stage]:
    return trace(_network.model, _tensor(content, shape))


@bounded.kept()
def _large_stages(digest: str, content: bytes, shape: tuple[int, ...], _network: Checkpoint) -> Mapping[str, Stage]:
    return trace(_network.model, _tensor(content, shape))


def probabilities(network: Checkpoint, image: np.ndarray, layer: str = "", silent: tuple[int, ...] = ()) -> np.ndarray:
    """Class probabilities [K] of one uint8 image [C, H, W], with the kernels `silent` of `layer` switched off."""
    model = network.model
    return _probabilities(network.digest, image.tobytes(), image.shape, layer=layer, silent=silent, _model=model)


@bounded.kept()
def _probabilities(
    digest: str, content: bytes, shape: tuple[int, ...], layer: str, silent: tuple[int, ...], _model: nn.Module
) -> np.ndarray:
    model = ablation.ablated(_model, {layer: silent}) if silent else _model
    return np.array(ablation.probabilities(model, _tensor(content, shape)))


def members(network: Checkpoint, image: np.ndarray) -> list[list[float]]:
    """Class probabilities [M][K] by each member of an ensemble, of one uint8 image [C, H, W]; empty for others."""
    if not isinstance(network.model, Ensemble):
        return []
    return [ablation.probabilities(member, torch.from_numpy(image)) for member in network.model.members]


def field(network: Checkpoint, layer: str, row: int, col: int) -> Window:
    """The rectangle of the image that the pixel (row, col) of `layer` sees."""
    return _sight(*_build(network), network).seen[layer].window(row, col)


@bounded.kept()
def _sight(name: str, options: str, image_shape: tuple[int, int, int], classes: int, _network: Checkpoint) -> Sight:
    return sight(_network.model, image_shape)


def attribute(network: Checkpoint, image: np.ndarray, target: int, method: str) -> np.ndarray:
    """Importance of each pixel, float32 [H, W]; see cnnlab.inspection.attribution."""
    model = network.model
    return _attribute(network.digest, image.tobytes(), image.shape, target=target, method=method, _model=model)


@bounded.kept()
def _attribute(
    digest: str, content: bytes, shape: tuple[int, ...], target: int, method: str, _model: nn.Module
) -> np.ndarray:
    return attribution.attribute(_model, _tensor(content, shape), target, method)


def top_activations(network: Checkpoint, layer: str) -> TopActivations:
    """The test images that excite each kernel of `layer` most."""
    return _top_activations(network.digest, layer, _affordable(network), network)


@bounded.kept("Looking through the test images …")
def _top_activations(digest: str, layer: str, count: int, _network: Checkpoint) -> TopActivations:
    return strongest.top_activations(_network.model, layer, test_images(_network).images[:count])


def count_right(network: Checkpoint, layer: str = "", silent: tuple[int, ...] = ()) -> ablation.RightCounts:
    """Right answers by class, with the kernels `silent` of `layer` switched off."""
    return _count_right(network.digest, layer, silent, _affordable(network), network)


@bounded.kept()
def _count_right(
    digest: str, layer: str, silent: tuple[int, ...], count: int, _network: Checkpoint
) -> ablation.RightCounts:
    model = ablation.ablated(_network.model, {layer: silent}) if silent else _network.model
    return ablation.count_right(model, test_images(_network).part(0, count))


def wrong(network: Checkpoint) -> np.ndarray:
    """The indices of the test images that the network misclassifies, ascending."""
    return _wrong(network.digest, network)


@bounded.kept("Reading the test images …")
def _wrong(digest: str, _network: Checkpoint) -> np.ndarray:
    answers = predict(_network.model, test_images(_network))
    return np.flatnonzero(answers.predicted != answers.labels)


def layers(network: Checkpoint) -> list[layer_summary.Layer]:
    """The layers that one image passes, in order."""
    return _layers(*_build(network), network)


@bounded.kept()
def _layers(
    name: str, options: str, image_shape: tuple[int, int, int], classes: int, _network: Checkpoint
) -> list[layer_summary.Layer]:
    return layer_summary.summarize(_network.model, image_shape)


def liveliness(network: Checkpoint) -> list[health.Liveliness]:
    """The largest value of each channel on the first images_for_dead(network) test images."""
    return _liveliness(network.digest, images_for_dead(network), network)


@bounded.kept()
def _liveliness(digest: str, count: int, _network: Checkpoint) -> list[health.Liveliness]:
    return health.liveliness(_network.model, test_images(_network).images[:count])


def images_for_dead(network: Checkpoint) -> int:
    """On how many test images a channel must stay 0 to be called dead: 1,000, fewer for a large network."""
    return min(IMAGES_FOR_DEAD, _affordable(network))


def distributions(states: Mapping[str, Checkpoint]) -> tuple[list[health.Distribution], list[health.Distribution]]:
    """(distributions of the weights, of the layers' outputs) in several states of one network, by name."""
    return _distributions(tuple(states), tuple(network.digest for network in states.values()), states)


@bounded.kept()
def _distributions(
    names: tuple[str, ...], digests: tuple[str, ...], _states: Mapping[str, Checkpoint]
) -> tuple[list[health.Distribution], list[health.Distribution]]:
    networks = {name: network.model for name, network in _states.items()}
    first = next(iter(_states.values()))
    images = test_images(first).images[: max(1, min(IMAGES_FOR_DISTRIBUTIONS, MOST_VALUES // _values(first)))]
    return health.weight_distributions(networks), health.activation_distributions(networks, images)


def _build(network: Checkpoint) -> tuple[str, str, tuple[int, int, int], int]:
    """What the network is built from; tells apart what does not depend on weights."""
    config = network.config
    return config.network, models.Options(config.options).text, network.image_shape, len(network.classes)


def _affordable(network: Checkpoint) -> int:
    """How many test images one pass may take, so that even a large network is done in two seconds."""
    cost = max(1, sum(layer.multiplications for layer in layers(network)))
    count = int(MULTIPLY_ADDS / cost)
    return min(len(test_images(network)), count // 500 * 500 if count >= 500 else max(FEWEST, count))


def _values(network: Checkpoint) -> int:
    """How many values the layers give for one image."""
    return sum(prod(layer.shape) for layer in layers(network))


def _tensor(content: bytes, shape: tuple[int, ...]) -> torch.Tensor:
    return torch.from_numpy(np.frombuffer(content, np.uint8).reshape(shape).copy())
