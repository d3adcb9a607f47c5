"""Drawings that phones send, written to the classroom's set: those that arrive together at one go."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import numpy as np
from starlette.concurrency import run_in_threadpool

from cnnlab.data.drawing import classroom_set
from cnnlab.data.drawing.classroom_set import ClassroomSet


class Drawing(NamedTuple):
    """id: chosen by the phone, so that one sent twice is kept once; image: uint8 [28, 28], prepared; label: 0..9."""

    id: str
    image: np.ndarray
    label: int


class Intake:
    """Keeps drawings; for the thread of the server alone."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Drawing, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def keep(self, drawing: Drawing) -> None:
        """Return once the drawing is on the disk. Raises CnnlabError where it cannot be kept."""
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((drawing, kept))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await kept

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await run_in_threadpool(classroom_set.add_all, _as_set([drawing for drawing, _ in batch]))
            except Exception as error:
                for _, kept in batch:
                    if not kept.done():
                        kept.set_exception(error)
            else:
                for _, kept in batch:
                    if not kept.done():  # else its phone is gone
                        kept.set_result(None)


def _as_set(drawings: list[Drawing]) -> ClassroomSet:
    """Without names: those are known only while the class lasts."""
    return ClassroomSet(
        np.stack([each.image for each in drawings]),
        np.array([each.label for each in drawings], np.int64),
        ("",) * len(drawings),
        tuple(each.id for each in drawings),
    )
