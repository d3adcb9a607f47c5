"""Many small images in one element: each with a title, a note, a mark for right or wrong, and where to send it.

A component of our own because a Streamlit image or button a piece would be hundreds of elements. The browser is sent
plain text and pictures; a click comes back as (destination, image).
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from cnnlab.data.drawing.preprocessing import SIDE
from cnnlab.ui.components.browser_element import element
from cnnlab.ui.components.destinations import DRAW, destinations
from cnnlab.ui.state import shared_image
from cnnlab.ui.state.shared_image import SharedImage

_FILES = Path(__file__)


@dataclass(frozen=True)
class ImageTile:
    """subject: the image and what it is; title and note are written under it; right: None where no one can say."""

    subject: SharedImage
    title: str
    note: str
    right: bool | None


def draw(tiles: Sequence[ImageTile], key: str, side: int = 92) -> None:
    """Draw the images at least `side` pixels wide; a click on a destination takes the image and the reader there."""
    places = destinations(all(tile.subject.image.shape == (1, SIDE, SIDE) for tile in tiles))
    data = {
        "side": side,
        "destinations": [{"page": place.page, "title": place.title, "icon": place.icon} for place in places],
        "tiles": [
            {
                "source": source(tile.subject.image),
                "title": tile.title,
                "note": tile.note,
                "right": tile.right,
                "index": tile.subject.caption,
                "place": number,
            }
            for number, tile in enumerate(tiles)
        ],
    }
    sent = element("cnnlab_tiles", _FILES)(data=data, key=key, on_sent_change=lambda: None).sent
    if sent and sent["tile"] < len(tiles) and sent["place"] in {place.page for place in places}:
        taken = tiles[sent["tile"]].subject
        if taken.index is None:  # a drawing: the other pages look for it where drawings are kept
            shared_image.keep_drawing(taken.image[0])
        shared_image.send(taken)
        if sent["place"] == DRAW:
            shared_image.show_on_draw_page()
        st.switch_page(sent["place"])


def source(image: np.ndarray) -> str:
    """uint8 [C, H, W], one channel or three, as a PNG data address."""
    picture = Image.fromarray(image[0] if len(image) == 1 else image.transpose(1, 2, 0))
    content = io.BytesIO()
    picture.save(content, "PNG")
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()
