"""No small input makes the process much larger: each is read in a process of its own, whose memory is looked at."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image

from cnnlab.training.config import TrainConfig

ROOT = Path(__file__).parents[1]
MOST = 300  # MB
READ = """
import json, sys
from pathlib import Path
import torch
from cnnlab.data.datasets.image_folders import read_image_folders
from cnnlab.data.drawing import classroom_set
from cnnlab.data.drawing.photographs import read_picture
from cnnlab.data.image_decoding import fitted
from cnnlab.errors import CnnlabError
from cnnlab.runs import archive

READERS = {
    "run": lambda file, out: archive.read(file, file.name, out),
    "pictures": lambda file, out: read_image_folders(file, file.name),
    "photograph": lambda file, out: read_picture(file),
    "fitted": lambda file, out: fitted(file.read_bytes(), file.name, (3, 64, 64)),
    "drawings": lambda file, out: classroom_set.upload(file.name, file.read_bytes(), out / "set.npz"),
}

def megabytes(what):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith(what))

torch.zeros(10_000).exp()
for line in sys.stdin:
    kind, file, out = json.loads(line)
    Path("/proc/self/clear_refs").write_text("5")  # the highest so far is what there is now
    before = megabytes("VmRSS")
    try:
        READERS[kind](Path(file), Path(out))
        said = "taken"
    except CnnlabError as error:
        said = str(error)
    print(json.dumps([megabytes("VmHWM") - before, said]), flush=True)
"""


def png(side: int, mode: str = "L", bits: int = 8) -> bytes:
    content = io.BytesIO()
    picture = Image.new(mode, (side, side)) if bits == 8 else Image.fromarray(np.zeros((side, side), np.uint16))
    picture.save(content, "PNG", compress_level=1)
    return content.getvalue()


def zipped(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name.replace("__", "/"), member)
    return content.getvalue()


def run_zip(config: TrainConfig, shape: list[int], tensors: dict, **more: object) -> bytes:
    classes = [str(digit) for digit in range(10)]
    said = {"schema": 1, "config": config.as_dict(), "classes": classes, "image_shape": shape}
    record = {**said, "created": "2026-01-01T00:00:00+00:00", "epochs": [], **more}
    metadata = {key: json.dumps(value) for key, value in {**said, "epoch": 0}.items()}
    weights = safetensors.torch.save(tensors, metadata)
    return zipped(**{"run.json": json.dumps(record).encode(), "epoch-000.safetensors": weights})


def ensemble() -> TrainConfig:
    members = [{"run": f"v{n}@1", "network": "vgg-16", "options": {}} for n in range(4)]
    return TrainConfig(network="ensemble", options={"members": members, "rule": "mean"})


def many_members() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(60_000):
            archive.writestr(f"{number % 2}/{number}", b"")
    entries = content.getvalue()
    directory = entries.index(b"PK\1\2")
    end = entries.rindex(b"PK\5\6")
    listed = entries[directory:end] * 7  # the same members again and again
    count = (0xFFFF).to_bytes(2, "little")
    return (
        entries[:directory]
        + listed
        + b"PK\5\6\0\0\0\0"
        + count * 2
        + len(listed).to_bytes(4, "little")
        + (directory).to_bytes(4, "little")
        + b"\0\0"
    )


INPUTS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a class zip of huge empty pictures": (
        "pictures", lambda: zipped(**{f"{n % 2}__{n}.png": png(8_000) for n in range(6)}), "make it smaller",
    ),
    "one of many pictures that are just allowed": (
        "pictures", lambda: zipped(**{f"{n % 2}__{n}.png": png(5_000) for n in range(8)}), "million pixels in a zip",
    ),
    "a class zip of zeros": ("pictures", lambda: zipped(a__1=b"", **{"a__x.png": bytes(200_000_000)}), "at most 40 MB"),
    "a zip that lists 400,000 members": ("pictures", many_members, "lists too many files"),
    "a run zip that lists 400,000 members": ("run", many_members, "lists too many files"),
    "a huge empty photograph": ("photograph", lambda: png(9_000), "make it smaller"),
    "the largest photograph that is read": ("photograph", lambda: png(5_400), "taken"),
    "the largest with transparency": ("photograph", lambda: png(5_400, "RGBA"), "taken"),
    "the largest with 16 bits": ("photograph", lambda: png(5_400, bits=16), "taken"),
    "the largest to be fitted, with transparency": ("fitted", lambda: png(5_400, "RGBA"), "taken"),
    "the largest to be fitted, with 16 bits": ("fitted", lambda: png(5_400, bits=16), "taken"),
    "a run for images of 1,400 pixels": (
        "run", lambda: run_zip(TrainConfig(), [1, 1_400, 1_400], {"w": torch.zeros(1)}), "image_shape",
    ),
    "an ensemble of four VGG-16 without their weights": (
        "run", lambda: run_zip(ensemble(), [1, 28, 28], {"w": torch.zeros(1)}), "the tensor",
    ),
    "a run.json of 200 MB": (
        "run", lambda: run_zip(TrainConfig(), [1, 28, 28], {"w": torch.zeros(1)}, note="x" * 200_000_000), "unpack to",
    ),
    "a run.json just small enough": (
        "run",
        lambda: run_zip(TrainConfig(), [1, 28, 28], {"w": torch.zeros(1)}, losses=[[1, 0]] * 800_000),
        "the tensor",
    ),
    "drawings that unpack to much": ("drawings", lambda: zipped(**{"4-a.png": bytes(300_000_000)}), "unpacks to"),
    "a drawing that unpacks to much": ("drawings", lambda: zipped(**{"4-a.png": png(9_000)}), "make it smaller"),
}  # fmt: skip


@pytest.fixture(scope="module")
def reader():
    """A process that reads one file after the other and tells by how many megabytes it grew meanwhile."""
    process = subprocess.Popen(
        [sys.executable, "-c", READ], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield process
    process.stdin.close()
    assert process.wait(20) == 0


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux alone tells a process's highest memory")
@pytest.mark.parametrize("what", INPUTS)
def test_no_small_input_makes_the_process_much_larger(what, tmp_path, reader):
    kind, content, said = INPUTS[what]
    file, out = tmp_path / "input.zip", tmp_path / "out"
    file.write_bytes(content())
    assert file.stat().st_size < 50_000_000
    out.mkdir()
    print(json.dumps([kind, str(file), str(out)]), file=reader.stdin, flush=True)
    grown, answer = json.loads(reader.stdout.readline())
    assert said in answer
    assert grown < MOST, answer
    assert [each for each in out.iterdir() if not each.name.endswith(".lock")] == []
