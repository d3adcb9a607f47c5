"""Who looks at the page, as the guard decided, and the widgets that only some may use."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from cnnlab.classroom.guard import VISITOR
from cnnlab.classroom.roles import Act, Role, may

Value = TypeVar("Value")


def role() -> Role:
    """The visitor's role; NOBODY where no guard stands before the page."""
    told = st.context.headers.get(VISITOR)
    return Role(told) if told in Role._value2member_map_ else Role.NOBODY


def may_change() -> bool:
    """Whether the visitor may change what others see."""
    return may(role(), Act.CHANGE)


def may_name_folders() -> bool:
    """Whether files of this machine may be read for the visitor."""
    return may(role(), Act.NAME_FOLDERS)


def reserved(widget: Callable[..., Value], *args: Any, disabled: bool = False, **options: Any) -> Value | None:
    """Draw a widget that changes what others see: disabled for spectators, and its callback asks once more.

    Returns what the widget returns, None for spectators.
    """
    for when in ("on_click", "on_change"):
        if callable(options.get(when)):
            options[when] = _asking(options[when])
    allowed = may_change()
    value = widget(*args, disabled=disabled or not allowed, **options)
    return value if allowed else None


def upload(place: Any, label: str, types: list[str] | None = None, **options: Any) -> UploadedFile | None:
    """Draw, at `place` (st or a container), the field for a file, which is kept in this machine's memory."""
    return place.file_uploader(label, types, disabled=not may_change(), **options)


def _asking(callback: Callable[..., None]) -> Callable[..., None]:
    @wraps(callback)
    def ask(*args: Any, **kwargs: Any) -> None:
        if may_change():
            callback(*args, **kwargs)

    return ask
