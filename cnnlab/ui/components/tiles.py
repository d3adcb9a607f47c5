"""Many small images in one element: each with a title, a note, a mark for right or wrong, and where to send it.

A component of our own because a Streamlit image or button a piece would be hundreds of elements. The browser is sent
plain text and pictures; a click comes back as (destination, image).
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from PIL import Image

from cnnlab.charts.palette import RIGHT, WRONG
from cnnlab.data.drawing.preprocessing import SIDE
from cnnlab.ui.components.destinations import DRAW, destinations
from cnnlab.ui.state import shared_image
from cnnlab.ui.state.shared_image import SharedImage

_CSS = f"""
.tiles {{ display: grid; gap: 12px 10px; grid-template-columns: repeat(auto-fill, minmax(var(--side), 1fr)); }}
figure {{ margin: 0; text-align: center; color: var(--st-text-color); font: 600 19px/1.25 var(--st-font); }}
.frame {{ position: relative; }}
img {{ width: 100%; aspect-ratio: 1; image-rendering: pixelated; display: block; box-sizing: border-box;
      border: 4px solid {RIGHT}; border-radius: 6px; }}
.wrong img {{ border: 4px dashed {WRONG}; border-radius: 0; }}
.mark {{ position: absolute; top: 0; right: 0; width: 26px; height: 26px; line-height: 26px; color: #fff;
        background: {RIGHT}; border-radius: 0 6px 0 13px; font-size: 18px; }}
.wrong .mark {{ background: {WRONG}; border-radius: 0; }}
small {{ display: block; font-weight: 400; font-size: 15px; white-space: nowrap; }}
nav {{ display: flex; justify-content: center; gap: 4px; }}
button {{ border: 1px solid var(--st-border-color); border-radius: 6px; padding: 1px 3px; font-size: 18px;
         background: var(--st-secondary-background-color); color: var(--st-text-color); cursor: pointer;
         line-height: 1.2; }}
button:hover, button:focus-visible {{ border-color: var(--st-primary-color); color: var(--st-primary-color); }}
button span {{ font-family: "Material Symbols Rounded"; font-feature-settings: "liga"; font-weight: 400; display: block;
              width: 1em; overflow: hidden; white-space: nowrap; }}
"""
_JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.querySelector(".tiles")?.remove();
  const make = (tag, parent, name, text) => {
    const made = parent.appendChild(document.createElement(tag));
    if (name) made.className = name;
    if (text) made.textContent = text;
    return made;
  };
  const grid = make("div", parentElement, "tiles");
  grid.style.setProperty("--side", data.side + "px");
  for (const tile of data.tiles) {
    const figure = make("figure", grid, tile.right === false ? "wrong" : "");
    figure.dataset.index = tile.index;
    const frame = make("div", figure, "frame");
    const image = make("img", frame);
    image.src = tile.source;
    image.alt = tile.title + ", " + tile.note;
    if (tile.right !== null) make("div", frame, "mark", tile.right ? "✓" : "✗");
    make("figcaption", figure, "", tile.title);
    make("small", figure, "", tile.note);
    const row = make("nav", figure);
    for (const place of data.destinations) {
      const button = make("button", row);
      button.title = button.ariaLabel = "Send " + tile.index + " to " + place.title;
      make("span", button, "", place.icon);
      button.onclick = () => setTriggerValue("sent", { place: place.page, tile: tile.place });
    }
  }
}
"""


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
    sent = _component()(data=data, key=key, on_sent_change=lambda: None).sent
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


@st.cache_resource
def _component():
    return st.components.v2.component("cnnlab_tiles", css=_CSS, js=_JS)
