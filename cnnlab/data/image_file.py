"""ImageFile: images that stay on the disk, for sets that memory would not hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import FileIO
from math import prod
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from cnnlab.errors import CnnlabError


@dataclass(frozen=True)
class ImageFile:
    """`count` images, uint8 [C, H, W] each, one after the other in the file `path` from byte `start` on."""

    path: Path
    start: int
    count: int
    shape: tuple[int, int, int]
    device = torch.device("cpu")  # where what is read lies

    def __len__(self) -> int:
        return self.count

    @property
    def nbytes(self) -> int:
        """Of all of them."""
        return self.count * prod(self.shape)

    def part(self, start: int, stop: int) -> ImageFile:
        """The images start..stop-1."""
        return replace(self, start=self.start + start * prod(self.shape), count=stop - start)

    def mapped(self) -> Tensor:
        """All of them, uint8 [N, C, H, W], read as they are looked at; what is changed changes in memory alone.

        What has been looked at counts as this process's memory: `rows` and `split` read without that.
        """
        size = (self.count, *self.shape)
        return torch.from_numpy(np.memmap(self.path, np.uint8, "c", self.start, size))

    def rows(self, places: Sequence[int]) -> Tensor:
        """Those at `places`, uint8 [n, C, H, W]. Raises CnnlabError where the file has become shorter or is gone."""
        found = np.empty((len(places), *self.shape), np.uint8)
        size = prod(self.shape)
        try:
            with self.path.open("rb", buffering=0) as file:
                for row, place in enumerate(places):
                    file.seek(self.start + place * size)
                    self._fill(file, found[row])
        except OSError as error:
            raise self._unreadable(error.strerror or str(error)) from error
        return torch.from_numpy(found)

    def split(self, size: int) -> Iterator[Tensor]:
        """All of them in order, as many as `size` at a time. Raises as rows does."""
        try:
            with self.path.open("rb", buffering=0) as file:
                file.seek(self.start)
                for first in range(0, self.count, size):
                    found = np.empty((min(size, self.count - first), *self.shape), np.uint8)
                    self._fill(file, found)
                    yield torch.from_numpy(found)
        except OSError as error:
            raise self._unreadable(error.strerror or str(error)) from error

    def _fill(self, file: FileIO, found: np.ndarray) -> None:
        """Read what comes next in `file` into `found`."""
        left = memoryview(found.data).cast("B")
        while left:
            if not (count := file.readinto(left)):
                raise self._unreadable("it ends too early")
            left = left[count:]

    def _unreadable(self, why: str) -> CnnlabError:
        return CnnlabError(f"{self.path} could not be read ({why}): add the data set again.")
