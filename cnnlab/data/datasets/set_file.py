"""A custom data set's file, written image by image: memory need not hold the set."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import torch

from cnnlab.common.files import replacing
from cnnlab.data.image_file import ImageFile
from cnnlab.data.statistics import moments
from cnnlab.errors import CnnlabError

SCHEMA = "1"
TENSORS = ("train_images", "train_labels", "test_images", "test_labels")
ROOM = 200  # bytes of the head for each channel's mean and standard deviation, which are known last
LONGEST_HEAD = 10_000_000
SPARE = 100_000_000  # bytes that are left free on the disk


def described(about: Mapping[str, Any]) -> dict[str, str]:
    """What a set's file says of itself, as safetensors takes it: texts by name."""
    return {"schema": SCHEMA, **{key: json.dumps(value) for key, value in about.items()}}


class SetWriter:
    """Takes the images of a set, in any order."""

    def __init__(self, file: BinaryIO, start: int, shape: tuple[int, int, int], train: int):
        self._file, self._start, self._shape, self._train = file, start, shape, train
        self.histogram = np.zeros((shape[0], 256), np.int64)  # of the training images' pixels, by channel

    def put(self, place: int, images: np.ndarray) -> None:
        """uint8 [n, C, H, W] from `place` on: those that train stand first, and come in calls of their own."""
        self._file.seek(self._start + place * prod(self._shape))
        self._file.write(np.ascontiguousarray(images).data)
        if place < self._train:
            for channel, counts in enumerate(self.histogram):
                counts += np.bincount(images[:, channel].ravel(), minlength=256)


@contextmanager
def writing(
    target: Path,
    shape: tuple[int, int, int],
    labels: Sequence[np.ndarray],
    classes: Sequence[str],
    about: Mapping[str, Any],
) -> Iterator[SetWriter]:
    """Within the block, take the images of the set that is `target` afterwards, or nothing where the block fails.

    labels: int64, of the images that train and of those that test; about: more that the file says of itself. Raises
    CnnlabError where the disk has no room, OSError where it fails.
    """
    train, test = map(len, labels)
    image = prod(shape)
    needed = (train + test) * (image + 8)
    if (free := shutil.disk_usage(target.parent).free) < needed + SPARE:
        raise CnnlabError(
            f"{target} would take {needed / 1e9:.1f} GB, but {free / 1e9:.1f} GB are free there: free some space, "
            "choose a smaller size, or keep data elsewhere with CNNLAB_DATA."
        )
    counts = {"train_labels": 8 * train, "test_labels": 8 * test, "train_images": image * train}
    counts["test_images"] = image * test
    tensors, at = {}, 0
    for name, size in counts.items():
        kind, one = ("I64", ()) if name.endswith("labels") else ("U8", shape)
        length = train if name.startswith("train") else test
        tensors[name] = {"dtype": kind, "shape": [length, *one], "data_offsets": [at, at + size]}
        at += size

    def head(**statistics: Sequence[float]) -> bytes:
        metadata = described({"classes": classes, **statistics, **about})
        return json.dumps({"__metadata__": metadata, **tensors}).encode()

    room = -(-(len(head()) + ROOM * shape[0]) // 8) * 8
    with replacing(target) as file:
        file.seek(8 + room)
        for each in labels:
            file.write(np.asarray(each, np.int64).data)
        writer = SetWriter(file, 8 + room + tensors["train_images"]["data_offsets"][0], shape, train)
        yield writer
        mean, std = moments(torch.from_numpy(writer.histogram))
        file.seek(0)
        file.write(room.to_bytes(8, "little") + head(mean=mean, std=std).ljust(room))


def images_in(path: Path) -> tuple[ImageFile, ImageFile]:
    """Where the images to train on and those to test on lie in a set's file. Raises ValueError where it is damaged."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > LONGEST_HEAD:
            raise ValueError(f"its head has {length:,} bytes")
        head = json.loads(file.read(length))
    parts = []
    for name in ("train_images", "test_images"):
        count, channels, height, width = head[name]["shape"]
        begin, end = head[name]["data_offsets"]
        images = ImageFile(path, 8 + length + begin, count, (channels, height, width))
        if head[name]["dtype"] != "U8" or end - begin != images.nbytes:
            raise ValueError(f"its {name} are no images")
        parts.append(images)
    return parts[0], parts[1]
