"""Resizes and repeats images for networks designed for larger ones in colour."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab.errors import CnnlabError
from cnnlab.models.options import Whole

COLOURS = 3


class InputAdapter(nn.Module):
    """Resizes to size × size (bilinear; 0 leaves the size) and repeats a grey channel three times; no weights."""

    def __init__(self, in_shape: tuple[int, int, int], size: int):
        """Raises CnnlabError for images of neither one nor three channels."""
        super().__init__()
        channels, height, width = in_shape
        if channels not in (1, COLOURS):
            raise CnnlabError(f"The images have {channels} channels: this network takes 1 (grey) or 3 (colour).")
        self.size = size
        self.in_shape = tuple(in_shape)
        self.out_shape = (COLOURS, size or height, size or width)
        self.changes = self.out_shape != tuple(in_shape)

    def forward(self, x: Tensor) -> Tensor:
        """[N, 1 or 3, H, W] to [N, 3, size, size]."""
        if self.size and x.shape[2:] != (self.size, self.size):
            x = F.interpolate(x, (self.size, self.size), mode="bilinear", align_corners=False)
        return x.expand(-1, COLOURS, -1, -1)

    @property
    def words(self) -> str:
        """What it changes: "28×28 → 64×64, grey → 3 channels"."""
        (channels, *small), (_, *large) = self.in_shape, self.out_shape
        resized = f"{small[0]}×{small[1]} → {large[0]}×{large[1]}" if small != large else ""
        repeated = f"grey → {COLOURS} channels" if channels == 1 else ""
        return ", ".join(filter(None, (resized, repeated)))

    def extra_repr(self) -> str:
        """See words."""
        return self.words


def size_option(default: int, smallest: int) -> Whole:
    """The option for the size; a laptop can train the network at a smaller one than it was designed for."""
    what = "side to which images are resized first" + ("; 0 leaves them" if smallest == 0 else "")
    return Whole("size", default, what, low=smallest, high=512)
