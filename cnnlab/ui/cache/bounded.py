"""What is worked out for pages and kept for all tabs: together at most so many bytes, the longest unused goes first."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import sys
import threading
from collections.abc import Callable, Hashable, Mapping
from typing import Any, ParamSpec, TypeVar

import numpy as np
import streamlit as st
from cachetools import LRUCache, cached
from torch import Tensor, nn

from cnnlab.common import paths
from cnnlab.ui import messages

P = ParamSpec("P")
R = TypeVar("R")


def bytes_of(value: object) -> int:
    """How much memory a value holds: tensors, arrays and networks exactly, each once; other objects roughly."""
    return _bytes_of(value, set())


def _bytes_of(value: Any, seen: set[int]) -> int:
    if isinstance(value, Tensor):
        storage = value.untyped_storage()
        return 0 if _known(storage.data_ptr(), seen) else storage.nbytes()
    if _known(id(value), seen):
        return 0
    if isinstance(value, np.ndarray):
        return value.nbytes if value.base is None else _bytes_of(value.base, seen)
    if isinstance(value, nn.Module):
        return sum(_bytes_of(each, seen) for each in (*value.parameters(), *value.buffers()))
    if isinstance(value, Mapping):
        return sum(_bytes_of(each, seen) for pair in value.items() for each in pair)
    if isinstance(value, (list, tuple, set, frozenset)):
        return sum(_bytes_of(each, seen) for each in value)
    if dataclasses.is_dataclass(value):
        return sum(_bytes_of(getattr(value, field.name), seen) for field in dataclasses.fields(value))
    return sys.getsizeof(value)


def _known(number: int, seen: set[int]) -> bool:
    if number in seen:
        return True
    seen.add(number)
    return False


_kept: LRUCache[Hashable, Any] = LRUCache(paths.cache_bytes(), getsizeof=bytes_of)
_condition = threading.Condition()


def forget() -> None:
    """Let go of everything that is kept: what is asked for next is worked out anew."""
    with _condition:
        _kept.clear()


def kept(spinner: str = "") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator: work a result out once for all tabs, and keep it while there is room.

    As st.cache_resource: arguments whose names begin with an underscore do not tell results apart, nobody may change a
    result, and whoever asks for one that is being worked out waits for it. spinner: what to say meanwhile.
    """

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        name = f"{function.__module__}.{function.__qualname__}"

        def key(*args: P.args, **kwargs: P.kwargs) -> Hashable:
            given = signature.bind(*args, **kwargs).arguments
            return (name, *(value for parameter, value in given.items() if not parameter.startswith("_")))

        @functools.wraps(function)
        def work(*args: P.args, **kwargs: P.kwargs) -> R:
            if not spinner or not messages.page_runs():
                return function(*args, **kwargs)
            with st.spinner(spinner):
                return function(*args, **kwargs)

        return cached(_kept, key=key, condition=_condition)(work)

    return wrap
