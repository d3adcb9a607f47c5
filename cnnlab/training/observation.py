"""What an evaluation sees of a network in its one pass over a sample, beside loss and accuracy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from cnnlab.data.dataset import Dataset, as_input
from cnnlab.models.inference import logits_of, scored

PAIRS = 4  # of images whose means tell whether a network is affine
# Of how far apart the two answers of a pair are. Rounding leaves 1e-5; ReLU, tanh and max pooling at least 1e-2.
BENT = 1e-3


@dataclass(frozen=True)
class Observation:
    """What was seen. loss and accuracy (0..1): None where only training images were looked at.

    confidence: the mean of the highest probability; favourite: the class predicted most often, for favourite_share of
    the images; dead: of the layers before a ReLU, by name, the share of channels that it left 0 for all images, where
    any are; alike: the layers whose channels all have the same weights; affine: the answers are a weighted sum of the
    pixels, so that the layers can say no more than a single one.
    """

    loss: float | None
    accuracy: float | None
    confidence: float
    favourite: int
    favourite_share: float
    dead: dict[str, float] = field(default_factory=dict)
    alike: tuple[str, ...] = ()
    affine: bool = False


def observe(model: nn.Module, sample: Dataset, validates: bool) -> Observation:
    """Look at `model` while it classifies `sample`, both on one device; nothing of it is changed, no number drawn."""
    channels = _Channels()
    with channels.watching(model):
        logits = logits_of(model, sample.images)
    score = scored(logits, sample.labels) if validates else None
    predicted = logits.argmax(1)
    counts = predicted.new_zeros(logits.shape[1]).scatter_add_(0, predicted, torch.ones_like(predicted)).float()
    confidence = logits.float().softmax(1).amax(1).mean().nan_to_num(0)
    figures = torch.stack((confidence, counts.argmax().float(), counts.amax() / len(predicted))).tolist()
    return Observation(
        loss=score and score.loss,
        accuracy=score and score.accuracy,
        confidence=figures[0],
        favourite=int(figures[1]),
        favourite_share=figures[2],
        dead=channels.dead(),
        alike=_alike(model),
        affine=_affine(model, sample.images[: 2 * PAIRS]),
    )


class _Channels:
    """Which channels a ReLU has let through at least once, by the layer with weights before it."""

    def __init__(self) -> None:
        self._alive: dict[str, Tensor] = {}
        self._all_alive: set[str] = set()
        self._layer = ""

    @contextmanager
    def watching(self, model: nn.Module) -> Iterator[None]:
        """Put hooks on the model's layers for as long as this lasts: steps are not to pay for them."""
        handles: list[RemovableHandle] = []
        try:
            for name, module in model.named_modules():
                if isinstance(module, (nn.Conv2d, nn.Linear)):
                    handles.append(module.register_forward_pre_hook(lambda *_, name=name: self._enter(name)))
                elif isinstance(module, nn.ReLU):
                    handles.append(module.register_forward_hook(lambda _, __, output: self._see(output)))
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _enter(self, name: str) -> None:
        self._layer = name

    def _see(self, output: Tensor) -> None:
        """output: [N, channels, …] of a ReLU."""
        name = self._layer
        if not name or name in self._all_alive:
            return
        others = [axis for axis in range(output.ndim) if axis != 1]
        alive = output.amax(others) > 0
        if name in self._alive:
            alive = alive | self._alive[name]
        self._alive[name] = alive
        if alive.device.type == "cpu" and bool(alive.all()):  # asking a GPU would make the CPU wait for it
            self._all_alive.add(name)

    def dead(self) -> dict[str, float]:
        """The share of channels that were never let through, by layer, where any were not."""
        watched = {name: alive for name, alive in self._alive.items() if name not in self._all_alive}
        if not watched:
            return {}
        shares = torch.stack([1 - alive.float().mean() for alive in watched.values()]).tolist()
        return {name: round(share, 4) for name, share in zip(watched, shares, strict=True) if share}


def _alike(model: nn.Module) -> tuple[str, ...]:
    """The layers with several channels whose weights are all the same, from the image to the answer."""
    layers = {
        name: module.weight.detach().flatten(1)
        for name, module in model.named_modules()
        if isinstance(module, (nn.Conv2d, nn.Linear)) and len(module.weight) > 1
    }
    if not layers:
        return ()
    # two channels tell nearly always, so that large layers are not read whole
    same = torch.stack([(rows[0] == rows[-1]).all() for rows in layers.values()]).tolist()
    return tuple(
        name
        for (name, rows), first in zip(layers.items(), same, strict=True)
        if first and bool((rows == rows[0]).all())
    )


def _affine(model: nn.Module, images: Tensor) -> bool:
    """Whether the answer to the mean of two images is the mean of the answers to them, for each pair of `images`."""
    if len(images) < 2:
        return False
    pixels = as_input(images[: len(images) // 2 * 2])
    first, second = pixels.chunk(2)
    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            one, two, between = model(torch.cat((first, second, (first + second) / 2))).float().chunk(3)
    finally:
        model.train(was_training)
    apart = (one - two).abs().amax(1)
    # a network that answers alike to all images is not bent either, but silent
    return bool((((between - (one + two) / 2).abs().amax(1) < BENT * apart) & (apart > 1e-6)).all())
