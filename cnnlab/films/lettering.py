"""What is written on an image, in letters that need no font of this machine."""

from __future__ import annotations

import io
from html import escape

from PIL import Image

WIDTH, MIDDLE = 0.56, 0.36  # of a letter on average; from its middle down to its line: parts of its size


def length(text: str, size: float) -> float:
    """About how many pixels long `text` is, in letters of `size` pixels."""
    return WIDTH * size * len(text)


class Lettering:
    """Texts to be written on one image."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def write(
        self, text: str, at: tuple[float, float], size: float, colour: str, anchor: str = "start", bold: bool = False
    ) -> None:
        """Write `text`, centred there in its height; anchor: what of it lies at x, SVG's start, middle or end."""
        weight = ' font-weight="bold"' * bold
        self._texts.append(
            f'<text x="{at[0]:.1f}" y="{at[1] + MIDDLE * size:.1f}" font-size="{size:g}" fill="{colour}" '
            f'text-anchor="{anchor}"{weight}>{escape(text)}</text>'
        )

    def on(self, image: Image.Image) -> None:
        """Put all of them on `image`."""
        import vl_convert  # here: it brings a browser's engine with it

        width, height = image.size
        texts = "".join(self._texts)
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
            f'xml:space="preserve">{texts}</svg>'
        )
        written = Image.open(io.BytesIO(vl_convert.svg_to_png(svg)))
        image.paste(written, (0, 0), written)
