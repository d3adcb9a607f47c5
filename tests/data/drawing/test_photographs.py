"""Uploads: clean drawings pass unchanged, photographs give the digit, anything else one sentence."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from benchmarks.drawn import drawings
from benchmarks.support.hand_drawing import draw_digit, render
from cnnlab.data.drawing.checks import BLANK
from cnnlab.data.drawing.photographs import SIDE
from cnnlab.data.drawing.preprocessing import prepare, read_picture
from cnnlab.data.picture_files import MOST_PIXELS
from cnnlab.errors import CnnlabError
from tests.support.made_photographs import photograph

CANVAS, _ = next(drawings(1, seed=6))


def png(pixels, mode=None, form="PNG", **options):
    file = io.BytesIO()
    picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    (picture.convert(mode) if mode else picture).save(file, form, **options)
    return file.getvalue()


def rgba(ink, colour, ground=None):
    """The canvas's export: coloured strokes, transparent elsewhere or on an opaque ground."""
    layers = np.zeros((*ink.shape, 4), np.uint8)
    layers[..., :3], layers[..., 3] = colour, ink
    picture = Image.fromarray(layers)
    return picture if ground is None else Image.alpha_composite(Image.new("RGBA", picture.size, ground), picture)


@pytest.mark.parametrize(
    "content",
    [
        png(CANVAS),
        png(255 - CANVAS),
        png(CANVAS, "RGB"),
        png(255 - CANVAS, "RGBA"),
        png(255 - CANVAS, "P"),
        png(CANVAS, "LA"),
        png(255 - CANVAS, form="BMP"),
        png(255 - CANVAS, form="WEBP", lossless=True),
        png((255 - CANVAS).astype(np.uint16) * 257),
        png(rgba(CANVAS, (0, 0, 0))),
        png(rgba(CANVAS, (255, 255, 255))),
        png(rgba(CANVAS, (255, 255, 255), "black")),
        png(rgba(CANVAS, (0, 0, 0), "white")),
    ],
    ids=["white", "black", "rgb", "rgba", "palette", "la", "bmp", "webp", "16 bit", "clear", "clear white", "on black"]
    + ["on white"],
)
def test_clean_drawings_keep_every_grey_level(content):
    assert np.array_equal(read_picture(content), CANVAS)


def test_a_file_is_read_as_its_bytes(tmp_path):
    (tmp_path / "three.png").write_bytes(png(CANVAS))
    assert np.array_equal(read_picture(tmp_path / "three.png"), CANVAS)


def test_coloured_ink_counts_in_full():
    yellow = rgba(CANVAS, (250, 220, 40), "white")
    assert np.abs(read_picture(png(yellow)).astype(int) - CANVAS).max() <= 3


@pytest.mark.parametrize("quality", [60, 90])
def test_a_jpeg_of_a_drawing_is_the_drawing(quality):
    for canvas, _ in drawings(10, seed=1):
        read = read_picture(png(255 - canvas, form="JPEG", quality=quality))
        assert (read == 0).mean() > 0.6, "no haze around the ink"
        assert np.abs(prepare(read).image.astype(int) - prepare(canvas).image).mean() < 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_camera_is_turned_back(orientation):
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Pillow's transpositions that store it so
    stored = Image.fromarray(CANVAS[:, 20:])
    if orientation > 1:
        stored = stored.transpose(undo[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert np.array_equal(read_picture(png(stored, exif=exif)), CANVAS[:, 20:])


def test_large_pictures_are_reduced():
    large = np.asarray(Image.fromarray(CANVAS).resize((3000, 2000)))
    read = read_picture(png(255 - large))
    assert read.shape[1] == SIDE and abs(read.shape[0] - SIDE * 2 / 3) <= 1
    assert prepare(read).problem is None


@pytest.mark.slow
@pytest.mark.parametrize("table", [False, True])
def test_photographs_show_the_same_digit(table):
    chance, different = np.random.default_rng(11), 0
    for number in range(20):
        ink = render(draw_digit(number % 10, chance), pen=chance.uniform(9, 20))
        clean, read = prepare(ink), prepare(read_picture(photograph(ink, chance, table)))
        assert read.problem is None
        blurred = [ndimage.gaussian_filter(image.astype(float), 1.2).ravel() for image in (clean.image, read.image)]
        different += np.corrcoef(*blurred)[0, 1] < 0.9
    assert different <= 1


def test_chalk_on_a_board_is_read_too():
    chance = np.random.default_rng(3)
    y, x = np.mgrid[0:400, 0:400] / 400
    ink = np.asarray(Image.fromarray(CANVAS).resize((400, 400))) / 255
    board = 60 + 40 * x + 20 * y + 130 * ink + chance.normal(0, 5, ink.shape)
    read = prepare(read_picture(png(np.clip(board, 0, 255).astype(np.uint8), form="JPEG")))
    assert read.problem is None
    assert np.corrcoef(read.image.ravel(), prepare(CANVAS).image.ravel())[0, 1] > 0.9


def test_paper_without_ink_is_blank():
    chance = np.random.default_rng(3)
    for number in range(6):
        blank = photograph(np.zeros((280, 280), np.uint8), chance, table=number % 2 == 1)
        assert prepare(read_picture(blank)).problem == BLANK


def bomb(side):
    """A PNG that says it is side × side and has next to no data."""
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


@pytest.mark.filterwarnings("ignore:Image size")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "could not be read as a picture"),
        (b"not a picture at all", "could not be read as a picture"),
        (png(CANVAS)[:200], "could not be read as a picture"),
        (png(255 - CANVAS, form="JPEG")[:600], "could not be read as a picture"),
        (bomb(9_000), f"smaller than {MOST_PIXELS // 1_000_000} megapixels"),
        (bomb(60_000), "could not be read|megapixels"),
        (bytes(41_000_000), "too large a file"),
    ],
    ids=["empty", "text", "half a PNG", "half a JPEG", "huge", "bomb", "long"],
)
def test_what_is_no_usable_picture_gets_one_sentence(content, said):
    with pytest.raises(CnnlabError, match=said):
        read_picture(content)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CnnlabError, match=r"seven\.png could not be read"):
        read_picture(tmp_path / "seven.png")


def test_any_noise_is_survived():
    chance = np.random.default_rng(0)
    for _ in range(30):
        shape = (*chance.integers(1, 90, 2), 3)
        picture = chance.integers(0, int(chance.integers(2, 256)), shape).astype(np.uint8)
        read = read_picture(png(picture))
        assert read.dtype == np.uint8 and read.ndim == 2
        prepare(read)
