"""Ranks: this process among those that torchrun started to train one network together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from cnnlab.common import paths
from cnnlab.common.text import first_line
from cnnlab.errors import CnnlabError
from cnnlab.training.shared_layers import with_shared_layers
from cnnlab.training.shares import Share

LONGEST_WAIT = timedelta(minutes=30)  # for another process: rank 0 measures and saves while the others wait
GONE = ("gloo", "Connection closed", "Connection reset", "Broken pipe", "NCCL")  # of errors when another one has died


class RankGoneError(CnnlabError):
    """Another process of this training has ended; the step that needed it did not happen."""


class Turn(NamedTuple):
    """What all processes know before a step: whether any of them is to stop, and rank 0's step and learning rate."""

    stop: bool
    step: int
    rate: float


@dataclass(frozen=True)
class Ranks:
    """rank: this process's number, 0 leads; world: how many there are; local: its number on this machine."""

    rank: int = 0
    world: int = 1
    local: int = 0

    @property
    def several(self) -> bool:
        """Whether there are others."""
        return self.world > 1

    @property
    def leads(self) -> bool:
        """Whether this process measures, prints and writes the run."""
        return self.rank == 0

    @property
    def note(self) -> str:
        """For people: "shared by 2 processes", or nothing."""
        return f"shared by {self.world} processes" if self.several else ""

    def device(self, device: torch.device) -> torch.device:
        """This process's own device of that kind. Raises CnnlabError where there is none for it."""
        if not self.several or device.type == "cpu":
            return device
        if device.type != "cuda":
            raise CnnlabError(
                f"device is {device.type!r}: several processes train on cuda or cpu, so choose --device cpu."
            )
        if self.local >= (found := torch.cuda.device_count()):
            raise CnnlabError(
                f"torchrun started more than {self.local} processes here, but this machine has {found} CUDA devices: "
                f"use --nproc-per-node {found}, or train with --device cpu."
            )
        torch.cuda.set_device(self.local)
        return torch.device("cuda", self.local)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Within the block the processes can reach one another. Raises CnnlabError where they do not meet."""
        if not self.several:
            yield
            return
        # what the processes tell one another lies on the CPU, whatever they train on
        backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
        try:
            dist.init_process_group(backend, rank=self.rank, world_size=self.world, timeout=LONGEST_WAIT)
        except (RuntimeError, ValueError) as error:
            said = paths.torchrun()
            raise CnnlabError(
                f"The {self.world} processes of this training did not meet at {said.get('MASTER_ADDR')}:"
                f"{said.get('MASTER_PORT')} ({first_line(error)}): start them with torchrun, as the README says."
            ) from error
        try:
            yield
        finally:
            dist.destroy_process_group()

    @contextmanager
    def in_turn(self) -> Iterator[None]:
        """One process of each machine goes through the block, then the others: nothing is downloaded twice at once."""
        if self.local:
            self._meet()
        yield
        if not self.local:
            self._meet()
        self._meet()

    def _meet(self) -> None:
        if self.several:
            with self.noticing():
                dist.all_reduce(torch.zeros(1))

    def share(self, count: int) -> Share:
        """Its share of a batch of so many images."""
        return Share(count, self.rank, self.world)

    def prepared(self, model: nn.Module) -> nn.Module:
        """`model`, its layers that look at a whole batch fit for shares of it (see shared_layers)."""
        return with_shared_layers(model) if self.several else model

    def wrapped(self, network: nn.Module) -> nn.Module:
        """`network`, whose gradients become the mean over all processes."""
        if not self.several:
            return network
        devices = {parameter.device for parameter in network.parameters() if parameter.device.type == "cuda"}
        # rank 0 alone measures and saves, so that the others' running statistics need not be its own
        return DistributedDataParallel(network, device_ids=sorted(devices, key=str) or None, forward_sync_buffers=False)

    def mean(self, figures: Tensor) -> Tensor:
        """The mean over all processes of `figures`, a small tensor on the training's device."""
        if self.several:
            dist.all_reduce(figures)
            figures = figures / self.world
        return figures

    def turn(self, stop: bool, step: int = 0, rate: float = 0.0) -> Turn:
        """What all agree on before a step; step and rate: rank 0's. Raises RankGoneError."""
        if not self.several:
            return Turn(stop, step, rate)
        said = torch.tensor([stop, step, rate] if self.leads else [stop, 0, 0], dtype=torch.float64)
        with self.noticing():
            dist.all_reduce(said)
        stops, at, agreed = said.tolist()
        return Turn(stops > 0, int(at), agreed)

    @contextmanager
    def noticing(self) -> Iterator[None]:
        """Within the block, the error by which another process's end is noticed becomes a RankGoneError."""
        try:
            yield
        except RuntimeError as error:
            if not self.several or not any(word in str(error) for word in GONE):
                raise
            who = f"Rank {1 - self.rank}" if self.world == 2 else f"One of the other {self.world - 1} ranks"
            raise RankGoneError(
                f"{who} of the {self.world} processes that trained together is gone ({first_line(error)})."
            ) from error


ALONE = Ranks()


def launched() -> Ranks:
    """This process as torchrun started it, or ALONE. Raises CnnlabError where what it was told makes no sense."""
    said = paths.torchrun()
    if not said:
        return ALONE
    for name in ("RANK", "LOCAL_RANK", "WORLD_SIZE"):
        if not said[name].isdecimal():
            raise CnnlabError(f"{name} is {said[name]!r}: it must be a whole number, as torchrun sets it.")
    ranks = Ranks(int(said["RANK"]), int(said["WORLD_SIZE"]), int(said["LOCAL_RANK"]))
    if ranks.rank >= ranks.world:
        raise CnnlabError(f"RANK is {ranks.rank}, but WORLD_SIZE is {ranks.world}: start the processes with torchrun.")
    return ranks
