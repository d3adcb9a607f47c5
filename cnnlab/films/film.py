"""Pictures of several epochs as an animated GIF."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import altair as alt
import numpy as np
from PIL import Image

from cnnlab.charts.mosaic import Mosaic
from cnnlab.charts.palette import INK, PAPER, QUIET
from cnnlab.common.background import OnProgress
from cnnlab.films import chart_image, mosaic_image
from cnnlab.films.lettering import Lettering, length

Picture = Mosaic | alt.TopLevelMixin  # what a page draws
WIDTH = 1000  # pixels of a frame, about, at most
HEAD, LARGE, SMALL, MARGIN = 52, 30, 17, 16  # pixels: of the line above a picture, its letters, and around it all
SECONDS, LAST = 1.0, 2.5  # of a frame; of the last one, before the film begins again
COLOURS = 256  # of a GIF's frame
MOST_BYTES = 20_000_000  # of a film: a larger one is made half as wide
MOST_FRAMES = 120  # held at once: 60 MB


def shown(epochs: Sequence[int]) -> list[int]:
    """The epochs that a film shows: all of them, of very many some, evenly, with the first and the last."""
    places = np.linspace(0, len(epochs) - 1, min(len(epochs), MOST_FRAMES)).round().astype(int)
    return [epochs[place] for place in places]


def frame(picture: Picture, epoch: int, title: str, dark: bool) -> Image.Image:
    """What a page draws as an RGB image, under a line with its epoch and `title`."""
    if isinstance(picture, Mosaic):
        drawn = mosaic_image.drawn(picture, WIDTH, dark)
    else:
        drawn = chart_image.drawn(picture, WIDTH, dark)
    said = f"epoch {epoch}"
    beside = 2 * MARGIN + length(said, LARGE) + 20
    width = max(drawn.width + 2 * MARGIN, round(beside + length(title, SMALL)))
    image = Image.new("RGB", (width, drawn.height + HEAD + 2 * MARGIN), PAPER[dark])
    image.paste(drawn, (MARGIN, HEAD + MARGIN))
    letters = Lettering()
    letters.write(said, (MARGIN, HEAD / 2 + 6), LARGE, INK[dark], bold=True)
    letters.write(title, (beside, HEAD / 2 + 9), SMALL, QUIET)
    letters.on(image)
    return image


def gif(frames: Sequence[Image.Image], dark: bool) -> bytes:
    """The frames, each `SECONDS` on the screen, over and over; smaller ones lie in the corner of the largest."""
    size = max(each.width for each in frames), max(each.height for each in frames)
    sheets = []
    for each in frames:
        sheet = Image.new("RGB", size, PAPER[dark])
        sheet.paste(each)
        sheets.append(sheet)
    content = _encoded(sheets)
    while len(content) > MOST_BYTES and min(sheets[0].size) > 100:
        sheets = [each.resize((each.width // 2, each.height // 2), Image.Resampling.BOX) for each in sheets]
        content = _encoded(sheets)
    return content


def _encoded(sheets: Sequence[Image.Image]) -> bytes:
    first, *rest = (indexed(each) for each in sheets)
    times = [round(1000 * SECONDS)] * len(rest) + [round(1000 * LAST)]
    content = io.BytesIO()
    first.save(content, "GIF", save_all=True, append_images=rest, duration=times, loop=0, optimize=False, disposal=1)
    return content.getvalue()


def indexed(image: Image.Image) -> Image.Image:
    """An RGB image in at most 256 colours: its own where it has no more, or about its own, at most 4 of 255 off."""
    pixels = np.asarray(image)
    for step in (1, 2, 4, 8):
        near = np.minimum(255, (pixels.astype(np.int32) + step // 2) // step * step)
        packed = near[..., 0] << 16 | near[..., 1] << 8 | near[..., 2]
        colours, places = np.unique(packed, return_inverse=True)
        if len(colours) <= COLOURS:
            made = Image.fromarray(places.reshape(pixels.shape[:2]).astype(np.uint8))
            made.putpalette(np.stack([colours >> bits & 255 for bits in (16, 8, 0)], 1).astype(np.uint8).tobytes())
            return made
    return image.quantize(COLOURS, dither=Image.Dither.NONE)


def film(
    picture_of: Callable[[int, OnProgress], Picture],
    epochs: Sequence[int],
    title: str,
    dark: bool,
    on_progress: OnProgress = lambda fraction: None,
) -> bytes:
    """A GIF of the pictures of `epochs`, each with its epoch.

    picture_of: of an epoch, with what to call with the fraction of it that is done; on_progress: the same of it all.
    """
    frames = []
    for number, epoch in enumerate(epochs):

        def on_part(fraction: float, number: int = number) -> None:
            on_progress((number + fraction) / (len(epochs) + 1))

        on_part(0.0)
        frames.append(frame(picture_of(epoch, on_part), epoch, title, dark))
    on_progress(len(epochs) / (len(epochs) + 1))
    return gif(frames, dark)
