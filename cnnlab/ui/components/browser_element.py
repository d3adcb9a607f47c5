"""Registers an element that is drawn by JavaScript: shared.js before its own script, the palette before its styles."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from cnnlab.charts import palette

_FOLDER = Path(__file__).parent
_VARIABLES = {
    "right": palette.RIGHT,
    "wrong": palette.WRONG,
    "chosen": palette.CHOSEN,
    "accent": palette.BLUE,
    "other": palette.GREY,
    "on-light": palette.ON_LIGHT,
    "on-dark": palette.ON_DARK,
    "on-chosen": palette.INK[False],
    "border": palette.BORDER,
    "cell-border": palette.CELL_BORDER,
    "padding": palette.PADDING,
    "cursor": palette.CURSOR,
}


def element(name: str, files: Path, html: str = "", library: Path | None = None) -> ComponentRenderer:
    """The element whose script and styles are `files` with the endings .js and .css.

    html: what it consists of at first; library: a script that is run before its own. The colours of the palette are
    CSS variables, var(--right) and so on; those of the theme are Streamlit's, var(--st-…).
    """
    css, js = _sources(files, library)  # kept; registering is not: every runtime has a registry of its own
    return st.components.v2.component(name, html=html or None, css=css, js=js)


@cache
def _sources(files: Path, library: Path | None) -> tuple[str, str]:
    colours = "".join(f"--{variable}: {colour}; " for variable, colour in _VARIABLES.items())
    scripts = [*([library] if library else []), _FOLDER / "shared.js", files.with_suffix(".js")]
    css = f":host {{ {colours}}}\n{files.with_suffix('.css').read_text()}"
    return css, "\n".join(script.read_text() for script in scripts)
