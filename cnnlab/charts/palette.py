"""Every colour of the lab and what it means; nothing else names one (tests/charts/test_palette.py asserts that).

The hues hold in both themes and for colour-blind eyes (Okabe and Ito; Tol). What depends on the theme is looked up by
whether that is dark.
"""

from __future__ import annotations

BLUE, ORANGE, GREEN, VERMILION, PURPLE = "#1f6feb", "#e8833a", "#009e73", "#d55e00", "#aa3377"
OCHRE, VIOLET, AMBER, SKY = "#e08a00", "#8d7bd1", "#f5b301", "#3fb0d8"
BLACK, GREY, WHITE, TRANSPARENT = "#000000", "#9aa4af", "#ffffff", "rgba(0, 0, 0, 0)"

RIGHT, WRONG = BLUE, VERMILION  # an answer, on every page
NOW, BEFORE = BLUE, GREY
CHOSEN, WEAK = AMBER, ORANGE  # frames: what was clicked; what needs attention

INK = {False: "#16202c", True: "#e8eef5"}  # text
FAINT = {False: "#8a94a0", True: "#75808c"}
PAPER = {False: WHITE, True: "#0e141b"}
PANEL = {False: "#eaf1fd", True: "#16263a"}  # what stands above the page
QUIET = "#7d8894"  # text that can be read in both themes
ON_LIGHT, ON_DARK = "#10161d", WHITE  # text on a coloured cell
BORDER, CELL_BORDER = "rgba(128, 128, 128, 0.45)", "rgba(120, 130, 140, 0.55)"
TRACK = "rgba(128, 128, 128, 0.25)"  # of a progress bar, where it is not filled
PADDING = "rgba(128, 134, 142, 0.353)"  # zeros around a picture
CURSOR = "#607d8b"  # the line under the mouse

CLASSES = ("#4477aa", "#ee6677", "#228833", "#b8a52d", SKY, PURPLE, "#ee7733", "#009988", "#8f7fe0", "#8c6d5a")
SERIES = (BLUE, ORANGE, GREEN, PURPLE)
LANES = (BLUE, ORANGE, GREEN, PURPLE, OCHRE, SKY)  # of a race; each has a dash of its own, too
# Layers, from the image to the answer.
DEPTHS = (BLUE, "#12a3a8", "#3fa34d", "#b5a312", ORANGE, "#d6336c", "#8a4fd3", "#7a5c3e")
CHANNEL_NAMES = ("red", "green", "blue")
CHANNELS = (VERMILION, GREEN, BLUE)  # red, green and blue that colour-blind eyes tell apart

# Colour maps, evenly spaced from the low end to the high end (ColorBrewer's RdBu reversed, matplotlib's magma).
DIVERGING = ("#053061", "#2166ac", "#4393c3", "#92c5de", "#f7f7f7", "#f4a582", "#d6604d", "#b2182b", "#67001f")
SEQUENTIAL = ("#000004", "#1c1044", "#4f127b", "#812581", "#b5367a", "#e55064", "#fb8761", "#fec287", "#fcfdbf")
GREYSCALE = (BLACK, WHITE)
WRONG_TO_RIGHT = (WRONG, "#f7f7f7", RIGHT)
POOR_TO_GOOD = (WRONG, QUIET, RIGHT)  # of lines, which stand out from the page in both themes
PIXELS_SEEN = ("#0b2a52", "#7fb2ff")  # by a unit: from few to many
UNSEEN, BETWEEN_UNITS = "#33587f", "#1b3f72"


def translucent(colour: str, opacity: float) -> str:
    """A "#rrggbb" colour with an opacity 0..1, as CSS writes it."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"
