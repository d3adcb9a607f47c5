"""Draws the SVG of cnnlab.charts.block_diagram in the theme's colours and reports which block was clicked."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

_CSS = """
svg { width: 100%; height: auto; display: block; font-family: var(--st-font); }
text { fill: var(--st-text-color); }
.slab { cursor: pointer; }
.slab:hover { opacity: 0.82; }
.skip { fill: none; stroke: var(--st-text-color); stroke-width: 2.5; }
.chosen { fill: none; stroke-width: 4; stroke-linejoin: round; pointer-events: none; }
.head { fill: var(--st-text-color); }
"""
_JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".blocks");
  if (place.dataset.drawn !== data.svg) {
    place.innerHTML = data.svg;
    place.dataset.drawn = data.svg;
  }
  place.onclick = (event) => {
    const slab = event.target.closest(".slab");
    if (slab) setTriggerValue("picked", slab.dataset.layer);
  };
}
"""


@st.cache_resource
def _component():
    return st.components.v2.component("cnnlab_blocks", html='<div class="blocks"></div>', css=_CSS, js=_JS)


def draw(svg: str, key: str, on_pick: Callable[[str], None] | None = None) -> None:
    """Draw the picture; a click on a block calls `on_pick` with its layer before the page runs again."""

    def pick() -> None:
        picked = st.session_state[key].picked
        if picked and on_pick:
            on_pick(picked)

    _component()(data={"svg": svg}, key=key, on_picked_change=pick)
