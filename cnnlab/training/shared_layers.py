"""Layers of a network whose batches several processes share: they compute what one process would compute alone."""

from __future__ import annotations

from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from cnnlab.models.modules.dropout import SeededDropout, SeededMapDropout
from cnnlab.training.shares import Share

LayerT = TypeVar("LayerT", bound=nn.Module)


def with_shared_layers(model: nn.Module) -> nn.Module:
    """`model`, its dropout and batch normalisation replaced by shared ones.

    The weights, the layers' names and what a checkpoint holds stay the same.
    """
    if next(model.parameters()).device.type == "cuda":  # torch has no such layer for a CPU
        model = nn.SyncBatchNorm.convert_sync_batchnorm(model)
    for parent in list(model.modules()):
        for name, layer in parent.named_children():
            if isinstance(layer, SeededMapDropout):
                setattr(parent, name, _become(SharedMapDropout, layer))
            elif isinstance(layer, SeededDropout):
                setattr(parent, name, _become(SharedDropout, layer))
            elif isinstance(layer, _BatchNorm) and not isinstance(layer, nn.SyncBatchNorm):
                setattr(parent, name, _become(SharedBatchNorm, layer))
    return model


def tell_share(model: nn.Module, share: Share) -> None:
    """Say to its shared layers which part of a batch comes next."""
    for layer in model.modules():
        if isinstance(layer, (SharedDropout, SharedBatchNorm)):
            layer.share = share


def _become(kind: type[LayerT], layer: nn.Module) -> LayerT:
    """A layer of that kind with all that `layer` has."""
    shared = kind.__new__(kind)
    shared.__dict__.update(layer.__dict__)
    return shared


class SharedDropout(SeededDropout):
    """Every process draws the masks of the whole batch and takes its own, so that together they drop what one would."""

    share: Share | None = None

    def forward(self, x: Tensor) -> Tensor:
        """See SeededDropout."""
        if not self.training or self.p == 0 or self.share is None:
            return super().forward(x)
        # masks are drawn in the order in which values lie in memory
        last = x.ndim == 4 and not x.is_contiguous() and x.is_contiguous(memory_format=torch.channels_last)
        whole = torch.empty(
            (self.share.count, *x.shape[1:]),
            dtype=x.dtype,
            device=x.device,
            memory_format=torch.channels_last if last else torch.contiguous_format,
        )
        return x * self.share.of(super().forward(whole.fill_(1)))


class SharedMapDropout(SharedDropout, SeededMapDropout):
    """The same for whole feature maps."""


class SharedBatchNorm(_BatchNorm):
    """Batch normalisation of float [N, C, …] over the images of all processes: see torch.nn.SyncBatchNorm."""

    share: Share | None = None

    def _check_input_dim(self, input: Tensor) -> None:
        """Anything with channels."""

    def forward(self, x: Tensor) -> Tensor:
        """Normalised by mean and variance of the whole batch while training, else by the running ones."""
        if not self.training:
            return super().forward(x)
        axes = [axis for axis in range(x.ndim) if axis != 1]
        shape = [1, -1, *(1 for _ in axes[1:])]
        values = x.float() if x.dtype == torch.bfloat16 else x
        counts = self.share is None or self.share.counts
        here = values.new_full((1,), x.numel() // x.shape[1], dtype=torch.float64)
        # torch counts in float64, too
        sums = _Sum.apply(torch.cat((values.sum(axes, dtype=torch.float64), here)) * counts)
        count = sums[-1].detach()
        mean = sums[:-1] / count
        centred = values - mean.to(values.dtype).view(shape)
        variance = _Sum.apply(centred.square().sum(axes, dtype=torch.float64) * counts) / count
        self._follow(mean.detach(), variance.detach() * count / (count - 1))
        scaled = centred * (variance + self.eps).rsqrt().to(values.dtype).view(shape)
        if self.affine:
            scaled = scaled * self.weight.view(shape) + self.bias.view(shape)
        return scaled.to(x.dtype)

    def _follow(self, mean: Tensor, variance: Tensor) -> None:
        """Move the running statistics, if there are any, as torch's batch normalisation does."""
        if self.running_mean is None or self.running_var is None or self.num_batches_tracked is None:
            return
        self.num_batches_tracked.add_(1)
        fraction = self.momentum if self.momentum is not None else 1 / self.num_batches_tracked.item()
        self.running_mean.lerp_(mean.to(self.running_mean.dtype), fraction)
        self.running_var.lerp_(variance.to(self.running_var.dtype), fraction)


class _Sum(torch.autograd.Function):
    """The sum over all processes; what comes back is summed in the same way."""

    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        total = values.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        total = gradients[0].clone(memory_format=torch.contiguous_format)
        dist.all_reduce(total)
        return total
