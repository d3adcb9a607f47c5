"""Batches of images that stay in a file, read by worker processes while earlier batches are learned from."""

from __future__ import annotations

import atexit
import os
import signal
import weakref
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.utils import data

from cnnlab.common.free_memory import give_back
from cnnlab.common.text import first_line
from cnnlab.data.image_file import ImageFile
from cnnlab.errors import CnnlabError

WORKERS = min(2, os.cpu_count() or 1)  # one reads while the other hands over
IN_FLIGHT = 48_000_000  # bytes of batches that wait to be used: containers often share only 64 MB among processes
TIDIED = 40  # batches after which free memory is given back: where images stay in a file there is little to spare
MOST_AHEAD = 8  # batches a worker reads ahead


class Prefetcher:
    """Yields batches in their order."""

    def __init__(self, images: ImageFile, device: torch.device, batch: int):
        """batch: images of the largest batch; device: where each batch lies until the next one is asked for."""
        self._images, self._device = images, device
        size = batch * images.nbytes // len(images)
        self._ahead = max(1, min(MOST_AHEAD, IN_FLIGHT // (size * WORKERS)))
        self._place: Tensor | None = None
        if device.type != "cpu":  # a recorded step reads from one place
            self._place = torch.empty(batch, *images.shape, dtype=torch.uint8, device=device)
        self._read: Iterator[Tensor | str] | None = None
        self._left = 0
        self._at_exit: Callable[[], None] | None = None
        self.step = -1  # of a run, for which the next batch is; below 0 where there is none

    def begin(self, step: int, batches: Sequence[list[int]]) -> None:
        """Read these images, batch by batch; the first is for step number `step`."""
        self.close()
        loader: data.DataLoader = data.DataLoader(
            _Rows(self._images),
            batch_sampler=batches,
            num_workers=WORKERS,
            collate_fn=_as_it_is,
            prefetch_factor=self._ahead,
            worker_init_fn=_deaf,
            pin_memory=self._device.type == "cuda",
            generator=torch.Generator(),  # else it would draw from that of all threads
        )
        self._read, self._left, self.step = iter(loader), len(batches), step
        # the workers obey no signal, so that Python, when it ends, would wait for them for good
        self._at_exit = partial(_close, weakref.ref(self))
        atexit.register(self._at_exit)

    def next(self) -> Tensor:
        """The next batch, uint8 [n, C, H, W] on the device. Raises CnnlabError where it cannot be read."""
        assert self._read is not None, "begin() comes first"
        try:
            images = next(self._read)
        except RuntimeError as error:  # as torch says that a worker was killed
            raise CnnlabError(
                f"A process that read images ahead has ended ({first_line(error)}): free some memory and go on "
                "with the run."
            ) from error
        if isinstance(images, str):
            raise CnnlabError(images)
        self._left -= 1
        self.step += 1
        if self._left % TIDIED == 0:
            give_back()
        if not self._left:
            self.close()
        return images if self._place is None else self._place[: len(images)].copy_(images, non_blocking=True)

    def close(self) -> None:
        """Let the workers end."""
        self._read, self._left, self.step = None, 0, -1
        if self._at_exit:
            atexit.unregister(self._at_exit)
            self._at_exit = None


def _close(prefetcher: weakref.ref[Prefetcher]) -> None:
    if (still := prefetcher()) is not None:
        still.close()


class _Rows(data.Dataset):
    """What DataLoader's workers ask for batches."""

    def __init__(self, images: ImageFile):
        self._images = images

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, place: int) -> Tensor:
        return self._images.rows([place])[0]

    def __getitems__(self, places: Sequence[int]) -> Tensor | str:
        try:
            return self._images.rows(places)
        except CnnlabError as error:  # raised here, it would arrive with this process's traceback in its sentence
            return str(error)


def _as_it_is(images: Any) -> Any:
    return images


def _deaf(_: int) -> None:
    """Ctrl-C reaches all processes of a terminal: the one that trains decides what becomes of it."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
