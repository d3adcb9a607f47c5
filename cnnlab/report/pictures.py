"""Charts and arrays as pictures that stand in an HTML file themselves."""

from __future__ import annotations

import base64
import io
import re

import altair as alt
import numpy as np
from PIL import Image

_UNIQUE = re.compile(r'(id="|url\(#|href="#)')


def svg(chart: alt.TopLevelMixin, name: str, width: int) -> str:
    """An Altair chart as SVG, `width` pixels wide. name: of its own in the file, so that its parts' names are too."""
    import vl_convert  # here: it brings a browser's engine with it

    drawn = vl_convert.vegalite_to_svg({**chart.to_dict(), "width": width})
    return _UNIQUE.sub(rf"\g<1>{name}-", drawn)


def png(image: np.ndarray, side: int, title: str) -> str:
    """An <img> of uint8 [C, H, W], grey or colour, its longer side enlarged to about `side` pixels without a blur."""
    pixels = image.transpose(1, 2, 0)
    picture = Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)
    factor = max(1, side // max(picture.size))
    picture = picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST)
    content = io.BytesIO()
    picture.save(content, "PNG")
    data = base64.b64encode(content.getvalue()).decode()
    return f'<img src="data:image/png;base64,{data}" alt="{title}" width="{picture.width}" height="{picture.height}">'
