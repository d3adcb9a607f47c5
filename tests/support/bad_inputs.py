"""Seeded bad inputs: JSON with one value spoiled, files with bits flipped, cut or swollen, words nobody expects."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

STRANGE: tuple[Any, ...] = (
    None, True, -1, 0, 5, 10**30, 10**400, -0.5, 1e308, float("nan"), float("inf"),
    "", "x", "NaN", "²", "../up", "![x](http://evil.example/x.png)", "<img src=x onerror=alert(1)>", "a" * 5_000,
    [], [1], [[]], [None] * 50, {}, {"": 1}, {"kind": "conv"}, [{"kind": []}], [10**30, 1, 1], [1, 1_400, 1_400],
)  # fmt: skip
WORDS = (
    "", " ", "x", "-1", "0", "1e999", "nan", "-inf", "9" * 400, "9" * 5_000, "a" * 300, "²", "\u202e", "../../up",
    "/etc/passwd", "a,b", "1,,2", "[", "{}", "true", "None", "%s", "\ud800", "\x1b[31m", "-", "--", "@", "small@",
    "small@x", "small@-1", "small@" + "9" * 400, "🙂", "a\nb", "con", "*",
)  # fmt: skip


def places(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """The paths of all values inside a JSON value, its own included; of long lists the first few only."""
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    if isinstance(value, list):
        for number in range(min(2, len(value))):
            yield from places(value[number], (*path, number))


def spoiled_json(value: Any, count: int, seed: int) -> Iterator[str]:
    """`count` texts: the value with one part replaced by something strange, or removed, or the text itself harmed."""
    chance, all_places = random.Random(seed), [path for path in places(value) if path]
    for _ in range(count):
        whole = copy.deepcopy(value)
        *path, last = chance.choice(all_places)
        place = whole
        for part in path:
            place = place[part]
        if chance.random() < 0.15:
            del place[last]
        else:
            place[last] = copy.deepcopy(chance.choice(STRANGE))
        text = json.dumps(whole)
        if chance.random() < 0.1:
            at = chance.randrange(len(text))
            text = chance.choice(
                [text[:at], text[:at] + chance.choice('{}[]",:\\') + text[at:], "[" * 50_000, text * 2]
            )
        yield text


def spoiled_bytes(content: bytes, count: int, seed: int) -> Iterator[bytes]:
    """`count` files: the content with a bit flipped, a part cut out, doubled, zeroed or replaced by noise."""
    chance = random.Random(seed)
    for _ in range(count):
        changed, kind = bytearray(content), chance.randrange(6)
        # the ends of a file say what it is: harm them more often than their length would have it
        near = chance.choice([len(content), min(len(content), 400)])
        at = chance.randrange(near) if chance.random() < 0.5 else len(content) - 1 - chance.randrange(near)
        length = chance.choice([1, 2, 8, 100, len(content) // 2])
        if kind <= 1:
            changed[at] ^= 1 << chance.randrange(8)
        elif kind == 2:
            del changed[at : at + length]
        elif kind == 3:
            changed[at:at] = changed[at : at + length]
        elif kind == 4:
            changed[at : at + length] = bytes(len(changed[at : at + length]))
        else:
            changed[at : at + length] = chance.randbytes(len(changed[at : at + length]))
        yield bytes(changed)
