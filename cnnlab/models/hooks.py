"""Hooks on layers, put on copies of a network so that no other user of it meets them."""

# torchvision's create_feature_extractor gives outputs only, of a symbolic trace: what a layer took, every call of a
# layer used twice, replaced outputs and an early end of the pass need hooks.

from __future__ import annotations

import copy
from collections.abc import Callable
from itertools import chain
from typing import Any, NoReturn

import torch
from torch import Tensor, nn


def hookable_copy(model: nn.Module, values: bool = True) -> nn.Module:
    """A copy that shares every tensor with `model` but not its hooks; without `values` shapes only (meta device).

    Networks are shared between browser tabs: a hook on the shared one would also fire for the others' passes.
    """
    tensors = chain(model.parameters(), model.buffers())
    memo = {id(tensor): tensor if values else _outline(tensor) for tensor in tensors}
    twin = copy.deepcopy(model, memo).eval()
    module: Any  # to a type checker every attribute of a module is a tensor
    for module in twin.modules():
        if getattr(module, "inplace", False):
            module.inplace = False  # it would overwrite the output of the layer before it
    return twin


def _outline(tensor: Tensor) -> Tensor:
    empty = torch.empty_like(tensor, device="meta")
    return nn.Parameter(empty, requires_grad=False) if isinstance(tensor, nn.Parameter) else empty


def watch_leaves(model: nn.Module, on_output: Callable[[nn.Module, Tensor], None]) -> nn.Module:
    """A hookable copy that calls on_output(module, output) after every call of a layer without layers in it."""
    twin = hookable_copy(model)
    for module in twin.modules():
        if not any(module.children()):
            module.register_forward_hook(lambda leaf, _, output: on_output(leaf, output))
    return twin


class _Ended(Exception):  # noqa: N818  (no error: the pass has what it needs)
    def __init__(self, output: Tensor):
        super().__init__()
        self.output = output


def end_pass(output: Tensor) -> NoReturn:
    """Called in a hook: nothing past it need be computed, and run_until_ended returns `output`."""
    raise _Ended(output)


def run_until_ended(model: nn.Module, x: Tensor) -> Tensor:
    """What a hook on `model` ended the pass with; the network's own output where none did."""
    try:
        return model(x)
    except _Ended as ended:
        return ended.output
