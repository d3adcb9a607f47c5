"""The buttons above the sidebar: one copies the address of what is seen, one lists the pictures to be saved.

The script also makes one page one step of the history.
"""

from __future__ import annotations

from pathlib import Path

from cnnlab.ui.components.browser_element import element

_FILES = Path(__file__)
_HTML = (
    '<button type="button"><span aria-hidden="true">link</span><b>Copy link</b></button>'
    '<button type="button" class="pictures" title="Pictures of this page (key S)" '
    'aria-label="Pictures of this page"><span aria-hidden="true">photo_camera</span></button>'
    '<small role="status" aria-live="polite"></small>'
)


def draw() -> None:
    """Draw the buttons. What is copied is the address as this browser reaches the lab, so its network can open it."""
    element("cnnlab_address_bar", _FILES, _HTML)(key="shared_address_bar")
