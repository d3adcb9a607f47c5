"""How numbers, sizes and lists are written, the same everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MINUS = "−"  # as wide as a digit, unlike the hyphen


def dimensions(sizes: Iterable[object], sign: str = "×") -> str:
    """28×28, 16×1×5×5."""
    return sign.join(map(str, sizes))


def with_minus(text: str) -> str:
    """The text with true minus signs for hyphens."""
    return text.replace("-", MINUS)


def listed(names: Sequence[str], word: str = "and") -> str:
    """a; a and b; a, b and c."""
    *most, last = names
    return f"{', '.join(most)} {word} {last}" if most else last


def first_line(error: BaseException) -> str:
    """What an exception says, in one line; its type where it says nothing."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def counted(number: int, noun: str) -> str:
    """1 image, 12 images, 2,000 images."""
    return f"{number:,} {noun}" + "s" * (number != 1)
