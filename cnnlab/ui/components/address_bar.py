"""The button that copies the address of what is seen; its script also makes one page one step of the history."""

from __future__ import annotations

from pathlib import Path

from cnnlab.ui.components.browser_element import element

_FILES = Path(__file__)
_HTML = (
    '<button type="button"><span aria-hidden="true">link</span><b>Copy link</b></button>'
    '<small role="status" aria-live="polite"></small>'
)


def draw() -> None:
    """Draw the button. What it copies is the address as this browser reaches the lab, so others in its network can."""
    element("cnnlab_address_bar", _FILES, _HTML)(key="shared_address_bar")
