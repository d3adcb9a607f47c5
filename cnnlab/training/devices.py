"""The devices of this machine: which there are, and their names for people."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import torch

from cnnlab.errors import CnnlabError

DEVICES = ("auto", "cpu", "cuda", "mps")


def available() -> list[str]:
    """The devices of this machine, best first: CUDA, then Apple's MPS, then the CPU."""
    found = []
    if torch.cuda.is_available():
        found.append("cuda")
    if torch.backends.mps.is_available():
        found.append("mps")
    return [*found, "cpu"]


def resolve(name: str) -> torch.device:
    """The torch device behind one of DEVICES. Raises CnnlabError for one this machine lacks."""
    usable = available()
    if name == "auto":
        return torch.device(usable[0])
    if name not in usable:
        raise CnnlabError(f"device is {name!r}, but this machine has only {', '.join(usable)}: choose one of them.")
    return torch.device(name)


def describe(device: torch.device, engine_note: str = "", threads: int | None = None) -> str:
    """A name for people: "NVIDIA H200", "Apple GPU", or the processor's model with its cores; then a Trainer's note.

    threads: how many of the cores are used; None is all.
    """
    return noted(_name(device, threads), engine_note)


def noted(name: str, engine_note: str) -> str:
    """A device's name with the note of the Trainer that runs on it, if it has one."""
    return f"{name}, {engine_note}" if engine_note else name


def _name(device: torch.device, threads: int | None) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return "Apple GPU"
    used = "" if threads is None else f"{threads} of "
    return f"{_processor()}, {used}{os.cpu_count()} cores"


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
