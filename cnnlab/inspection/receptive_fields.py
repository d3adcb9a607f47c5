"""What each unit of each layer can see of the image, for any network: along branches, additions and odd poolings too.

A pass without values (on torch's meta device, so a large network costs nothing) carries along which rows and columns of
the image lie behind every tensor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnnlab.common.text import dimensions
from cnnlab.errors import CnnlabError
from cnnlab.inspection.activations import IMAGE
from cnnlab.inspection.windows import Window
from cnnlab.models.hooks import hookable_copy
from cnnlab.models.modules.pooling import PolyphasePool

Pair = tuple[int, int]
Number = TypeVar("Number", int, float)
_ADDITIONS = ("add", "add_", "__add__", "__iadd__", "__radd__")
_ACROSS_THE_MAP = ("group_norm", "instance_norm", "layer_norm", "matmul", "scaled_dot_product_attention")


@dataclass(frozen=True)
class Seen:
    """What lies behind the units of one tensor.

    rows: bool [units down, rows of the image], whether a unit in that row sees that row of it; cols alike. size: of the
    receptive field where no border cuts it, (height, width) in pixels; None where a unit sees all that there is. step:
    how far apart two neighbours' fields are. Neither is whole where the network resizes the image.
    """

    rows: np.ndarray
    cols: np.ndarray
    size: tuple[float, float] | None
    step: tuple[float, float]

    @property
    def units(self) -> Pair:
        """How many units there are, (down, across)."""
        return len(self.rows), len(self.cols)

    @property
    def image(self) -> Pair:
        """(height, width) of the image."""
        return self.rows.shape[1], self.cols.shape[1]

    def window(self, row: int, col: int) -> Window:
        """The rectangle of the image that unit (row, col) sees, cut off at the border."""
        (top, bottom), (left, right) = _ends(self.rows[row]), _ends(self.cols[col])
        return Window(top, left, bottom - top, right - left)

    def mask(self, row: int, col: int) -> np.ndarray:
        """Which pixels unit (row, col) sees, bool [H, W]."""
        return self.rows[row][:, None] & self.cols[col][None]

    def counts(self) -> np.ndarray:
        """How many pixels each unit sees, int [units down, units across]."""
        return self.rows.sum(1)[:, None] * self.cols.sum(1)[None]


@dataclass(frozen=True)
class Shortcut:
    """An addition of what went two ways: after the layer `start` they part, after `end` of the longer way they meet.

    layers: those on the shorter way, none where it hands on what `start` gave.
    """

    start: str
    end: str
    layers: tuple[str, ...]


@dataclass(frozen=True)
class Sight:
    """What a pass found out. seen: by layer, in the order of the pass, those that are used again as "name (2)"."""

    seen: dict[str, Seen]
    shortcuts: tuple[Shortcut, ...]


def sight(model: nn.Module, image_shape: tuple[int, int, int]) -> Sight:
    """What every layer of `model` can see of an image [C, H, W]. Raises CnnlabError where a layer does not fit."""
    twin = hookable_copy(model, values=False)
    height, width = image_shape[1:]
    start = torch.empty(1, *image_shape, device="meta")
    follow = _Follow(start, Seen(np.eye(height, dtype=bool), np.eye(width, dtype=bool), (1, 1), (1, 1)))
    for name, module in twin.named_modules():
        if not list(module.children()):
            module.register_forward_pre_hook(follow.before(name))
            module.register_forward_hook(follow.after(name))
    try:
        with torch.no_grad(), follow:
            twin(start)
    except RuntimeError as error:
        size = dimensions(image_shape)
        raise CnnlabError(f"This network cannot take images of {size} ({error}): choose another size.") from error
    return Sight(follow.layers, tuple(dict.fromkeys(follow.shortcuts)))


class _Follow(TorchFunctionMode):
    """Hears of every operation on tensors and notes what its result sees and which layer made it."""

    def __init__(self, start: Tensor, seen: Seen):
        super().__init__()
        self.layers: dict[str, Seen] = {}
        self.shortcuts: list[Shortcut] = []
        self._known: dict[int, tuple[Seen, str]] = {id(start): (seen, IMAGE)}
        self._alive = [start]  # so that no two tensors have the same id
        self._order = {IMAGE: 0}
        self._before: dict[str, str] = {}  # the layer whose output a layer takes

    def before(self, name: str) -> Callable:
        """A hook that remembers what the layer `name` took, for layers whose geometry is stated, not followed."""

        def hook(module: nn.Module, inputs: tuple) -> None:
            self._taken = self._known.get(id(inputs[0])) if inputs else None

        return hook

    def after(self, name: str) -> Callable:
        """A hook that gives what the layer `name` made its name."""

        def hook(module: nn.Module, inputs: tuple, output: Any) -> None:
            if not isinstance(output, Tensor):
                return
            if isinstance(module, PolyphasePool) and self._taken:
                # which of four pixels is kept depends on the image: it may be any of them
                self._note(output, _polyphase(self._taken[0]), IMAGE)
            known = self._known.get(id(output))
            if known:
                label, number = name, 1
                while label in self.layers:
                    number += 1
                    label = f"{name} ({number})"
                self.layers[label] = known[0]
                self._order[label] = len(self._order)
                self._before[label] = self._taken[1] if self._taken else IMAGE
                if output is not inputs[0]:
                    self._known[id(output)] = (known[0], label)

        return hook

    def __torch_function__(self, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        """Carry out `func`, then note what its result sees."""
        result = func(*args, **(kwargs or {}))
        if isinstance(result, Tensor) and result.ndim:
            given = [self._known[id(each)] for each in _tensors(args) if id(each) in self._known]
            if given:
                name = getattr(func, "__name__", "")
                if name == "__getitem__":
                    given = given[:1]  # what else is in the brackets chooses, it is not seen
                seen = _after(name, [each[0] for each in given], result, args, kwargs or {})
                makers = sorted({each[1] for each in given}, key=self._order.__getitem__)
                if len(makers) == 2 and result.ndim == 4 and name in _ADDITIONS:
                    self.shortcuts.append(self._shortcut(*makers))
                self._note(result, seen, makers[-1])
        return result

    def _shortcut(self, first: str, second: str) -> Shortcut:
        ways = [self._way(first), self._way(second)]
        start = next(name for name in ways[0] if name in ways[1])
        short, long = sorted((way[: way.index(start)] for way in ways), key=len)
        return Shortcut(start, long[0], tuple(reversed(short)))

    def _way(self, name: str) -> list[str]:
        """The layers from `name` back to the image."""
        way = [name]
        while way[-1] != IMAGE:
            way.append(self._before.get(way[-1], IMAGE))
        return way

    def _note(self, tensor: Tensor, seen: Seen, maker: str) -> None:
        self._alive.append(tensor)
        self._known[id(tensor)] = (seen, maker)


def _after(name: str, given: list[Seen], result: Tensor, args: tuple, kwargs: dict) -> Seen:
    """What the result of the operation `name` sees, from what its inputs saw."""
    seen = given[0]
    if name == "conv2d":
        # conv2d(input, weight, bias, stride, padding, dilation, groups)
        stride, padding, dilation = (_argument(args, kwargs, *each) for each in _CONV)
        return _slide(seen, args[1].shape[2:], stride, padding, dilation, result)
    if name in ("max_pool2d", "boolean_dispatch", "fn", "avg_pool2d"):
        kernel = _pair(_argument(args, kwargs, "kernel_size", 1, None))
        stride = _argument(args, kwargs, "stride", 2, None)
        dilation = 1 if name == "avg_pool2d" else _argument(args, kwargs, "dilation", 4, 1)
        return _slide(seen, kernel, stride or kernel, _argument(args, kwargs, "padding", 3, 0), dilation, result)
    if name in ("adaptive_avg_pool2d", "adaptive_max_pool2d"):
        return _adapted(seen, _two(result.shape[2:]))
    if name == "interpolate":
        return _resized(seen, _two(result.shape[2:]))
    if name in ("pad", "_pad"):
        return _padded(seen, _argument(args, kwargs, "pad", 1, None), _argument(args, kwargs, "mode", 2, "constant"))
    if name == "__getitem__" and isinstance(args[1], tuple):
        slices = [each for each in args[1] if isinstance(each, slice)][-2:]
        if len(args[1]) == args[0].ndim and len(slices) == 2:
            (down, across), (vertical, horizontal) = slices, seen.step
            step = (vertical * (down.step or 1), horizontal * (across.step or 1))
            return Seen(seen.rows[down], seen.cols[across], seen.size, step)
    if name in _ACROSS_THE_MAP or result.ndim < 4:
        return _all_of(seen, (1, 1))
    return _united(given, _two(result.shape[-2:]))


_CONV = (("stride", 3, 1), ("padding", 4, 0), ("dilation", 5, 1))


def _slide(seen: Seen, kernel: Any, stride: Any, padding: Any, dilation: Any, result: Tensor) -> Seen:
    """A window that slides; what lies in the padding is not of the image."""
    kernel, stride, dilation = _pair(kernel), _pair(stride), _pair(dilation)
    if padding == "same":
        padding = tuple(apart * (size - 1) // 2 for size, apart in zip(kernel, dilation, strict=True))
    padding = (0, 0) if padding == "valid" else _pair(padding)
    axes = []
    for axis, mask in enumerate((seen.rows, seen.cols)):
        starts = np.arange(result.shape[2 + axis]) * stride[axis] - padding[axis]
        axes.append(_taps(mask, starts[:, None] + np.arange(kernel[axis]) * dilation[axis]))
    size = seen.size and _two(
        old + (width - 1) * apart * step
        for old, width, apart, step in zip(seen.size, kernel, dilation, seen.step, strict=True)
    )
    return Seen(axes[0], axes[1], size, _two(old * by for old, by in zip(seen.step, stride, strict=True)))


def _taps(mask: np.ndarray, at: np.ndarray) -> np.ndarray:
    """What units see that look at the units `at` [units, taps]; those outside do not exist."""
    inside = (at >= 0) & (at < len(mask))
    return (mask[at.clip(0, len(mask) - 1)] & inside[..., None]).any(1)


def _padded(seen: Seen, pad: Any, mode: str) -> Seen:
    """torch.nn.functional.pad: the border repeats what the mode says; zeros see nothing."""
    pad = tuple(pad)
    amounts = ((pad[2], pad[3]) if len(pad) >= 4 else (0, 0), (pad[0], pad[1]))
    axes = []
    for (before, after), mask in zip(amounts, (seen.rows, seen.cols), strict=True):
        count = len(mask)
        at = np.arange(-before, count + after)
        if mode == "circular":
            at = at % count
        elif mode == "replicate":
            at = at.clip(0, count - 1)
        elif mode == "reflect":
            at = np.where(at < 0, -at, np.where(at >= count, 2 * (count - 1) - at, at))
        axes.append(_taps(mask, at[:, None]))
    return Seen(axes[0], axes[1], seen.size, seen.step)


def _adapted(seen: Seen, units: Pair) -> Seen:
    """Adaptive pooling: unit i of n looks at the units from ⌊i·m/n⌋ up to ⌈(i + 1)·m/n⌉."""
    if units == (1, 1):
        return _all_of(seen, units)
    axes = []
    for count, mask in zip(units, (seen.rows, seen.cols), strict=True):
        ends = [(i * len(mask) // count, -(-(i + 1) * len(mask) // count)) for i in range(count)]
        axes.append(np.array([mask[first:last].any(0) for first, last in ends]))
    spans = [-(-old // count) for old, count in zip(seen.units, units, strict=True)]
    size = seen.size and _two(
        old + (span - 1) * step for old, span, step in zip(seen.size, spans, seen.step, strict=True)
    )
    return Seen(axes[0], axes[1], size, _two(step * span for step, span in zip(seen.step, spans, strict=True)))


def _resized(seen: Seen, units: Pair) -> Seen:
    """Bilinear resizing: each unit looks at the two around its place."""
    axes = []
    for count, mask in zip(units, (seen.rows, seen.cols), strict=True):
        at = ((np.arange(count) + 0.5) * len(mask) / count - 0.5).clip(0, len(mask) - 1)
        axes.append(_taps(mask, np.stack((np.floor(at), np.ceil(at)), 1).astype(int)))
    size = seen.size and _two(old + step for old, step in zip(seen.size, seen.step, strict=True))
    finer = (step * old / new for step, old, new in zip(seen.step, seen.units, units, strict=True))
    return Seen(axes[0], axes[1], size, _two(finer))


def _polyphase(seen: Seen) -> Seen:
    """Every second of the 2×2 maxima, whichever: a 3×3 window in steps of 2 whose borders meet."""
    axes = []
    for mask in (seen.rows, seen.cols):
        at = np.arange(0, len(mask), 2)[:, None] + np.arange(3)
        axes.append(_taps(mask, at % len(mask)))
    size = seen.size and _two(old + 2 * step for old, step in zip(seen.size, seen.step, strict=True))
    return Seen(axes[0], axes[1], size, _two(2 * step for step in seen.step))


def _all_of(seen: Seen, units: Pair) -> Seen:
    """Units each of which sees what all of `seen` see together."""
    rows, cols = (np.tile(m.any(0), (n, 1)) for n, m in zip(units, (seen.rows, seen.cols), strict=True))
    return Seen(rows, cols, None, (1, 1))


def _united(given: list[Seen], units: Pair) -> Seen:
    """What is made place by place from several tensors: each unit sees what any of them saw there."""
    fitting = [each for each in given if all(n in (1, m) for n, m in zip(each.units, units, strict=True))]
    if not fitting:
        return _all_of(given[0], units)
    axes = []
    for axis, count in zip(("rows", "cols"), units, strict=True):
        masks = [np.broadcast_to(getattr(each, axis), (count, getattr(each, axis).shape[1])) for each in fitting]
        axes.append(np.logical_or.reduce(masks))
    sizes = [each.size for each in fitting if each.size]
    size = _two(max(each[axis] for each in sizes) for axis in (0, 1)) if len(sizes) == len(fitting) else None
    return Seen(axes[0], axes[1], size, max(each.step for each in fitting))


def _ends(mask: np.ndarray) -> Pair:
    where = np.flatnonzero(mask)
    return (int(where[0]), int(where[-1]) + 1) if len(where) else (0, 0)


def _argument(args: tuple, kwargs: dict, name: str, place: int, default: Any) -> Any:
    return kwargs.get(name, args[place] if len(args) > place else default)


def _two(values: Iterable[Number]) -> tuple[Number, Number]:
    first, second = values
    return first, second


def _pair(value: Any) -> Pair:
    return (value[0], value[-1]) if isinstance(value, (tuple, list, torch.Size)) else (value, value)


def _tensors(values: Any) -> list[Tensor]:
    """The tensors among arguments, those in lists too."""
    found = []
    for value in values:
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, (tuple, list)):
            found.extend(_tensors(value))
    return found
