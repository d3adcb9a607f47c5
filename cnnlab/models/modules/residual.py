"""Residual blocks: their output is added to their input."""

from __future__ import annotations

from collections import OrderedDict

from torch import Tensor, nn


class Add(nn.Module):
    """The sum of a block's branch and its shortcut, as a separate layer so that it can be inspected."""

    def forward(self, branch: Tensor, shortcut: Tensor) -> Tensor:
        """branch + shortcut, of one shape."""
        return branch + shortcut


class Block(nn.Module):
    """relu(branch(x) + shortcut(x)); the shortcut is a 1×1 convolution with BN where stride or width changes."""

    add: Add
    relu_out: nn.ReLU

    def __init__(self, channels: int, out: int, stride: int):
        super().__init__()
        self.shortcut: nn.Sequential | None = None
        if stride != 1 or channels != out:
            conv = nn.Conv2d(channels, out, 1, stride, bias=False)
            self.shortcut = nn.Sequential(OrderedDict(conv=conv, bn=nn.BatchNorm2d(out)))

    def branch(self, x: Tensor) -> Tensor:
        """What is learned on top of the shortcut."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """[N, channels, H, W] to [N, out, ⌈H/stride⌉, ⌈W/stride⌉]."""
        # the shortcut first: layers listed in order of execution then end with the block's output
        shortcut = self.shortcut(x) if self.shortcut else x
        return self.relu_out(self.add(self.branch(x), shortcut))


class BasicBlock(Block):
    """Two 3×3 convolutions with BN; the first one has the stride."""

    expansion = 1

    def __init__(self, channels: int, width: int, stride: int = 1):
        super().__init__(channels, width, stride)
        self.conv1 = nn.Conv2d(channels, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.add = Add()
        self.relu_out = nn.ReLU()

    def branch(self, x: Tensor) -> Tensor:
        """See Block."""
        return self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(x)))))


class Bottleneck(Block):
    """1×1 to fewer channels, 3×3 with the stride, 1×1 to four times as many."""

    expansion = 4

    def __init__(self, channels: int, width: int, stride: int = 1):
        out = width * self.expansion
        super().__init__(channels, out, stride)
        self.conv1 = nn.Conv2d(channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.relu2 = nn.ReLU()
        self.conv3 = nn.Conv2d(width, out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out)
        self.add = Add()
        self.relu_out = nn.ReLU()

    def branch(self, x: Tensor) -> Tensor:
        """See Block."""
        x = self.relu1(self.bn1(self.conv1(x)))
        return self.bn3(self.conv3(self.relu2(self.bn2(self.conv2(x)))))


BLOCKS: dict[str, type[BasicBlock | Bottleneck]] = {"basic": BasicBlock, "bottleneck": Bottleneck}
