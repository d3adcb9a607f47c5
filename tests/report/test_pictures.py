"""Arrays and charts as pictures inside a file."""

from __future__ import annotations

import base64
import io
import re

import altair as alt
import numpy as np
import pandas as pd
from PIL import Image

from cnnlab.charts.mosaic import coloured, diverging
from cnnlab.charts.palette import DIVERGING
from cnnlab.report.pictures import png, svg


def pixels(tag: str) -> np.ndarray:
    data = re.search(r"base64,([^\"]+)", tag)[1]
    return np.array(Image.open(io.BytesIO(base64.b64decode(data))))


def test_an_image_keeps_its_pixels():
    image = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
    assert (pixels(png(image, 20, "x"))[::4, ::4] == image.transpose(1, 2, 0)).all()
    assert (pixels(png(image[:1], 20, "x"))[::4, ::4] == image[0]).all()


def test_weights_have_the_palettes_colours():
    values = np.array([[-2.0, 0.0, 1.0, 2.0]])
    found = ["#" + bytes(each).hex() for each in coloured(values, diverging(values, "")).transpose(1, 2, 0)[0]]
    assert found == [DIVERGING[0], DIVERGING[4], DIVERGING[6], DIVERGING[8]]


def test_a_charts_parts_have_names_of_their_own():
    chart = alt.Chart(pd.DataFrame({"x": [1, 2], "y": [3, 4]})).mark_line(clip=True).encode(x="x", y="y")
    one, other = svg(chart, "one", 200), svg(chart, "two", 200)
    names = re.compile(r'id="([^"]+)"')
    assert names.findall(one) and not set(names.findall(one)) & set(names.findall(other))
    assert set(re.findall(r"url\(#([^)]+)\)", one)) <= set(names.findall(one))
