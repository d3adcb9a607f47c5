"""Small networks of every shape that inspection must cope with, with weights from a fixed seed."""

from __future__ import annotations

import torch
from torch import nn


def plain() -> nn.Sequential:
    """Convolutions with stride, padding, dilation and without bias, batch norm, in-place ReLU, both poolings."""
    torch.manual_seed(1)
    network = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.BatchNorm2d(6),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, stride=2, padding=1),
        nn.Conv2d(6, 8, 3, stride=2, padding=1, bias=False),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Conv2d(8, 4, 3, padding="same", dilation=2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(4 * 3 * 3, 12),
        nn.ReLU(),
        nn.Linear(12, 10),
    )
    network[1].running_mean.uniform_(-0.5, 0.5)
    network[1].running_var.uniform_(0.5, 2)
    return network.eval().requires_grad_(False)


class Block(nn.Module):
    """A residual block whose one ReLU is used twice, and whose addition is in place."""

    def __init__(self, channels: int, groups: int = 1):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, groups=groups)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        out = self.conv2(self.relu(self.conv1(x)))
        out += x
        return self.relu(out)


class Branched(nn.Module):
    """Not a Sequential: a stem and two residual blocks, the first with grouped convolutions."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 7, stride=2, padding=3, padding_mode="reflect")
        self.blocks = nn.Sequential(Block(4, groups=2), Block(4))
        self.head = nn.Linear(4, 10)

    def forward(self, x):
        return self.head(self.blocks(self.stem(x)).mean((2, 3)))


def branched() -> Branched:
    torch.manual_seed(2)
    return Branched().eval().requires_grad_(False)


def randomised(network: nn.Module) -> nn.Module:
    """`network` with running statistics, scales and biases other than 0 and 1, so that none can be forgotten."""
    torch.manual_seed(3)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
                module.running_mean.uniform_(-0.3, 0.3)
                module.running_var.uniform_(0.5, 1.5)
                module.weight.uniform_(0.5, 1.5)
                module.bias.uniform_(-0.3, 0.3)
    return network


def copied(ours: nn.Module, plain: nn.Module) -> nn.Module:
    """`plain` with the weights of `ours`, taken in order; the normalisation at the start has no counterpart there."""
    values = [value for name, value in ours.state_dict().items() if not name.startswith("normalize")]
    plain.load_state_dict(dict(zip(plain.state_dict(), values, strict=True)))
    return plain
