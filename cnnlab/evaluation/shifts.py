"""Images moved by whole pixels, and what a network answers then.

An offset (dx, dy) moves an image dx pixels to the right and dy pixels down; negative ones left and up. An offset map
is [2·reach+1, 2·reach+1], rows dy and columns dx, both from -reach to reach. The distance d stands for the eight
offsets that are d steps along a row, a column or a diagonal: (±d, 0), (0, ±d), (±d, ±d).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab import models
from cnnlab.errors import CnnlabError

ZERO, CIRCULAR, PAD = "zero", "circular", "pad"
FILLS = {
    ZERO: "what leaves the frame is lost, black follows",
    CIRCULAR: "what leaves the frame comes back on the other side",
    PAD: "on a canvas so large that no ink is lost, then shrunk to the frame",
}
FURTHEST = 14  # pixels: half of an MNIST image
DIRECTIONS = ((1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))  # (x, y), the compass round


def shifted(images: Tensor, dx: int, dy: int, fill: str = ZERO, reach: int | None = None) -> Tensor:
    """Images [..., H, W] moved by (dx, dy), of their own size and type.

    For the fill `pad`, the canvas is `reach` pixels wider on each side (if not given, as much as the offset needs) and
    is shrunk as a whole, so with one reach every offset shows the digit equally large. Raises CnnlabError for an offset
    outside it, or an unknown fill.
    """
    if fill == CIRCULAR:
        return images.roll((dy, dx), (-2, -1))
    if fill == PAD:
        return shrunk(on_canvas(images, dx, dy, max(abs(dx), abs(dy)) if reach is None else reach), images.shape[-2:])
    if fill != ZERO:
        raise CnnlabError(f"fill is {fill!r}: choose one of {', '.join(FILLS)}.")
    height, width = images.shape[-2:]
    moved = torch.zeros_like(images)
    if abs(dx) < width and abs(dy) < height:
        to_rows, from_rows = _overlap(dy, height)
        to_cols, from_cols = _overlap(dx, width)
        moved[..., to_rows, to_cols] = images[..., from_rows, from_cols]
    return moved


def moved(image: np.ndarray, dx: int, dy: int, fill: str = ZERO, reach: int | None = None) -> np.ndarray:
    """One uint8 image [C, H, W] as `shifted` moves it."""
    return shifted(torch.from_numpy(image), dx, dy, fill, reach).numpy()


def in_words(dx: int, dy: int) -> str:
    """As in "3 px left" or "3 px left, 2 px up"; "not moved" for none."""
    across = f"{abs(dx)} px {'right' if dx > 0 else 'left'}" if dx else ""
    down = f"{abs(dy)} px {'down' if dy > 0 else 'up'}" if dy else ""
    return ", ".join(filter(None, (across, down))) or "not moved"


def on_canvas(images: Tensor, dx: int, dy: int, reach: int) -> Tensor:
    """Images [..., H, W] in the middle of a black canvas [..., H+2·reach, W+2·reach], moved there by (dx, dy)."""
    if max(abs(dx), abs(dy)) > reach:
        raise CnnlabError(f"The offset ({dx}, {dy}) does not fit on a canvas with a margin of {reach} pixels.")
    return F.pad(images, (reach + dx, reach - dx, reach + dy, reach - dy))


def shrunk(canvas: Tensor, size: Sequence[int]) -> Tensor:
    """A canvas [..., h, w] at another size, by torchvision's bilinear resampling with antialiasing."""
    if canvas.shape[-2:] == tuple(size):
        return canvas
    from torchvision.transforms.v2 import functional as transforms  # a second, which few have to wait for

    return transforms.resize(canvas, list(size), antialias=True)


def every_shift(image: Tensor, reach: int, fill: str = ZERO) -> Tensor:
    """One image [C, H, W] at every offset: [(2·reach+1)², C, H, W], row by row of the offset map."""
    if fill == PAD:
        return torch.stack([shifted(image, dx, dy, fill, reach) for dx, dy in offsets(reach)])
    height, width = image.shape[-2:]
    if fill == CIRCULAR:
        rows, cols = ((torch.arange(-reach, size + reach) % size) for size in (height, width))
        wide = image[:, rows][:, :, cols]
    else:
        wide = F.pad(image, (reach,) * 4)
    windows = wide.unfold(1, height, 1).unfold(2, width, 1).flip(1, 2)  # the window further up shows it further down
    return windows.permute(1, 2, 0, 3, 4).reshape(-1, *image.shape)


def offsets(reach: int) -> list[tuple[int, int]]:
    """Every (dx, dy), row by row of the offset map."""
    return [(dx, dy) for dy in range(-reach, reach + 1) for dx in range(-reach, reach + 1)]


def probability_map(model: nn.Module, image: np.ndarray, label: int, reach: int, fill: str = ZERO) -> np.ndarray:
    """The probability of class `label` for a uint8 image [C, H, W] at every offset, an offset map float32."""
    logits = models.logits_of(model, every_shift(torch.from_numpy(image), reach, fill))
    return logits.softmax(1)[:, label].reshape(2 * reach + 1, -1).numpy()


def room(images: np.ndarray) -> np.ndarray:
    """How far the ink of images [N, C, H, W] is from the left, right, upper and lower edge, int [N, 4].

    An image without ink has the whole frame as room on every side.
    """
    ink: np.ndarray = np.any(images, axis=1)
    cols, rows = np.any(ink, axis=1), np.any(ink, axis=2)
    sides = (cols, cols[:, ::-1], rows, rows[:, ::-1])
    return np.stack([np.where(side.any(1), side.argmax(1), side.shape[1]) for side in sides], 1)


def clipped(images: np.ndarray, reach: int) -> np.ndarray:
    """The fraction of images [N, C, H, W], some of whose ink leaves the frame at each offset: an offset map, 0..1."""
    left, right, up, down = (side[:, None, None] for side in room(images).T)
    steps = np.arange(-reach, reach + 1)
    dx, dy = steps[None, None, :], steps[None, :, None]
    return ((-dx > left) | (dx > right) | (-dy > up) | (dy > down)).mean(0)


@dataclass(frozen=True)
class Sweep:
    """What a network answered at every offset.

    predicted: uint8 [2·reach+1, 2·reach+1, N]; labels: int64 [N]; clipped: an offset map, the fraction of images
    whose ink left the frame.
    """

    predicted: np.ndarray
    labels: np.ndarray
    clipped: np.ndarray

    @property
    def reach(self) -> int:
        """The largest offset."""
        return len(self.predicted) // 2

    @property
    def right(self) -> np.ndarray:
        """Right or not, bool, as predicted."""
        return self.predicted == self.labels

    @property
    def accuracy(self) -> np.ndarray:
        """Fraction of right answers, an offset map, 0..1."""
        return self.right.mean(2)

    @property
    def consistency(self) -> np.ndarray:
        """Fraction of answers, right or wrong, that are the same as without a shift, an offset map, 0..1."""
        return (self.predicted == self.predicted[self.reach, self.reach]).mean(2)

    def of_class(self, label: int) -> np.ndarray:
        """The accuracy among the images of one class, an offset map; NaN where there are none."""
        chosen = self.labels == label
        return self.right[:, :, chosen].mean(2) if chosen.any() else np.full(self.clipped.shape, np.nan)


@dataclass(frozen=True)
class ByDistance:
    """An offset map along the eight directions. mean, worst: [reach+1], by distance 0, 1, …; direction: the worst's."""

    mean: np.ndarray
    worst: np.ndarray
    direction: tuple[tuple[int, int], ...]


def by_distance(values: np.ndarray) -> ByDistance:
    """Mean and lowest of the eight directions at each distance, of an offset map."""
    reach = len(values) // 2
    lines = np.array([[values[reach + y * d, reach + x * d] for x, y in DIRECTIONS] for d in range(reach + 1)])
    lowest = lines.argmin(1)
    return ByDistance(lines.mean(1), lines.min(1), tuple(DIRECTIONS[at] for at in lowest))


def sweep(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    reach: int,
    fill: str = ZERO,
    on_progress: Callable[[float], None] = lambda fraction: None,
    on_map: Callable[[np.ndarray], None] = lambda accuracy: None,
) -> Sweep:
    """Show uint8 images [N, C, H, W] to `model` at every offset, from the middle outwards.

    After each, on_map is given the accuracy so far, an offset map with NaN where nothing is measured yet, and
    on_progress the fraction done; that may raise background.Stopped, which ends it. Raises CnnlabError for an unknown
    fill.
    """
    side = 2 * reach + 1
    predicted = np.empty((side, side, len(images)), np.uint8)
    accuracy, answers = np.full((side, side), np.nan), labels.numpy()
    for number, (dx, dy) in enumerate(sorted(offsets(reach), key=lambda each: max(map(abs, each)))):
        place = reach + dy, reach + dx
        predicted[place] = models.logits_of(model, shifted(images, dx, dy, fill, reach)).argmax(1).numpy()
        accuracy[place] = (predicted[place] == answers).mean()
        on_map(accuracy)
        on_progress((number + 1) / side**2)
    lost = np.zeros((side, side)) if fill == PAD else clipped(images.numpy(), reach)
    return Sweep(predicted, answers, lost)


def sweep_key(digest: str, images: str, count: int, reach: int, fill: str) -> tuple[Hashable, ...]:
    """What tells a sweep from every other: the network's digest, the evaluation set's key, how many of its images."""
    return digest, images, count, "shift", reach, fill


def _overlap(step: int, size: int) -> tuple[slice, slice]:
    """(where to, where from) along one axis."""
    return slice(max(step, 0), size + min(step, 0)), slice(max(-step, 0), size - max(step, 0))
