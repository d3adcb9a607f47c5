"""Saves what a page draws: buttons at the picture under the mouse, and a list of all pictures of the page."""

from __future__ import annotations

from pathlib import Path

from cnnlab.ui.components.browser_element import element
from cnnlab.ui.state.chosen_network import choice, followed

OF_NO_RUN = ("Lessons", "Data", "Convolution", "Architectures", "Class", "Runs")  # pages
DENSITY = 2  # pixels of a PNG for each pixel of the page
_FILES = Path(__file__)
_HTML = (
    '<div class="bar" role="group" aria-label="Save this picture"></div>'
    '<dialog aria-label="Pictures of this page"></dialog>'
)


def draw(page: str) -> None:
    """Watch the mouse and the keys on the page with the title `page`; draw nothing until one asks for a picture."""
    data = {"density": DENSITY, "of": _shown(page)}
    element("cnnlab_picture_saver", _FILES, _HTML, _FILES.with_name("picture_files.js"))(
        data=data, key="shared_picture_saver"
    )


def _shown(page: str) -> str:
    """What pictures show, for the names of their files: a run and its epoch, "" on pages that show none."""
    chosen = choice()
    if chosen.run is None or page in OF_NO_RUN:
        return ""
    if chosen.live or page == "Train":
        return followed().run or ""
    return f"{chosen.run.name} epoch {chosen.epoch}"
