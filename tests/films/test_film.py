"""Films of shipped runs: what a frame shows is what the run's files hold."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageSequence
from safetensors.numpy import load_file

from cnnlab.charts import kernel_grid
from cnnlab.charts.confusion_heatmap import matrix_chart
from cnnlab.charts.mosaic import Mosaic, Tile, diverging, picture
from cnnlab.charts.palette import DIVERGING, PAPER
from cnnlab.common import paths
from cnnlab.films import chart_image, film, mosaic_image
from cnnlab.inspection import kernel_weights
from cnnlab.runs import store

STOPS = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in DIVERGING], float)
OFF = 4  # of 255: what a GIF's 256 colours may cost


def frames(content: bytes) -> list[Image.Image]:
    return [frame.convert("RGB") for frame in ImageSequence.Iterator(Image.open(io.BytesIO(content)))]


def value_of(colour: np.ndarray) -> float:
    """-1..1 on the diverging scale: the place on the line through its colours that is nearest."""
    places = np.linspace(-1, 1, 2001)
    line = np.stack([np.interp(places, np.linspace(-1, 1, len(STOPS)), STOPS[:, channel]) for channel in range(3)], 1)
    return float(places[np.abs(line - colour).sum(1).argmin()])


@pytest.fixture(scope="module")
def run():
    return store.open_run(paths.LAB / "checkpoints" / "a0-simple-cnn")


@pytest.fixture(scope="module")
def conv1(run):
    """(the film of conv1's kernels, its mosaics by epoch, how often progress was told)."""
    mosaics, told = {}, []

    def picture_of(epoch, _on_progress) -> Mosaic:
        values = kernel_weights.weights(store.load(run, epoch).model, "conv1")
        look = kernel_grid.KernelLook(diverging(values, "weight"), "Kernels of conv1", 0)
        mosaics[epoch] = kernel_grid.kernel_grid(values[:, 0], range(len(values)), look)
        return mosaics[epoch]

    content = film.film(picture_of, run.epochs, "kernels of conv1", False, told.append)
    return content, mosaics, told


def test_a_frame_for_every_epoch_and_each_stays_a_second(run, conv1):
    content, _, told = conv1
    opened = Image.open(io.BytesIO(content))
    times = [frame.info["duration"] for frame in ImageSequence.Iterator(opened)]
    assert times == [1000] * (len(run.epochs) - 1) + [2500]
    assert opened.info["loop"] == 0
    assert told == sorted(told) and told[0] >= 0 and told[-1] < 1


def test_the_colours_of_a_frames_cells_are_the_weights_in_the_runs_files(run, conv1):
    content, mosaics, _ = conv1
    for epoch, frame in zip(run.epochs, frames(content), strict=True):
        stored = load_file(run.file(epoch))
        weights = stored[next(name for name in stored if name.endswith("conv1.weight"))][:, 0]
        limit, seen = float(np.abs(weights).max()), np.asarray(frame, float)
        for kernel, (x, y, cell) in enumerate(mosaic_image.layout(mosaics[epoch], film.WIDTH).spots):
            for (row, col), weight in np.ndenumerate(weights[kernel]):
                at = (int(film.HEAD + film.MARGIN + y + (row + 0.5) * cell), int(film.MARGIN + x + (col + 0.5) * cell))
                assert value_of(seen[at]) * limit == pytest.approx(float(weight), abs=limit / 40), (
                    epoch,
                    kernel,
                    row,
                    col,
                )


def test_a_gif_shows_the_frames_as_they_were_drawn(run, conv1):
    content, mosaics, _ = conv1
    for epoch, frame in zip(run.epochs, frames(content), strict=True):
        drawn = film.frame(mosaics[epoch], epoch, "kernels of conv1", False)
        assert np.abs(np.asarray(drawn, int) - np.asarray(frame, int)).max() <= OFF


def test_the_epoch_is_in_the_picture():
    mosaic = Mosaic([picture(np.zeros((4, 4)))], 1, "")
    heads = [np.asarray(film.frame(mosaic, epoch, "x", False))[: film.HEAD] for epoch in (1, 2, 2)]
    assert (heads[0] != heads[1]).any() and (heads[1] == heads[2]).all()
    assert (heads[0] < 100).any(), "it is written in ink"


def test_few_colours_are_kept_as_they_are_and_many_nearly():
    few = Image.fromarray(np.arange(64, dtype=np.uint8).repeat(3).reshape(8, 8, 3))
    assert (np.asarray(film.indexed(few).convert("RGB")) == np.asarray(few)).all()
    ramp = Image.fromarray(np.arange(768).reshape(16, 16, 3).astype(np.uint16).clip(0, 255).astype(np.uint8))
    assert np.abs(np.asarray(film.indexed(ramp).convert("RGB"), int) - np.asarray(ramp, int)).max() <= OFF
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    assert len(film.indexed(noise).getcolors()) <= 256


def test_a_large_film_is_made_smaller_until_it_fits(monkeypatch):
    noise = np.random.default_rng(0).integers(0, 256, (2, 400, 600, 3), dtype=np.uint8)
    monkeypatch.setattr(film, "MOST_BYTES", 100_000)
    content = film.gif([Image.fromarray(each) for each in noise], False)
    assert len(content) <= 100_000
    assert Image.open(io.BytesIO(content)).size < (600, 400)


def test_of_very_many_epochs_a_film_shows_some_with_the_first_and_the_last():
    assert film.shown([0, 1, 5]) == [0, 1, 5]
    some = film.shown(range(1_000))
    assert len(some) == film.MOST_FRAMES == len(set(some))
    assert (some[0], some[-1]) == (0, 999)


def test_smaller_frames_lie_in_the_corner_of_the_largest():
    small, large = Image.new("RGB", (20, 10), "red"), Image.new("RGB", (40, 30), "blue")
    first, second = frames(film.gif([small, large], True))
    assert first.size == second.size == (40, 30)
    paper = tuple(int(PAPER[True][at : at + 2], 16) for at in (1, 3, 5))
    assert first.getpixel((0, 0)) == (255, 0, 0) and first.getpixel((39, 29)) == paper


def test_values_that_are_missing_are_paper_and_a_veil_shows_what_is_under_it():
    values = np.array([[np.nan, 1.0]])
    mosaic = Mosaic([Tile(values, diverging(np.ones(1), ""))], 1, "")
    drawn, (x, y, cell) = mosaic_image.drawn(mosaic, 300, False), mosaic_image.layout(mosaic, 300).spots[0]
    left, right = (drawn.getpixel((int(x + (col + 0.5) * cell), int(y + cell / 2))) for col in (0, 1))
    assert left == (255, 255, 255) and right == tuple(STOPS[-1].astype(int))
    colours = np.random.default_rng(0).random((3, 2, 2))
    np.testing.assert_allclose(mosaic_image.pixels(picture(colours)), colours.transpose(1, 2, 0) * 255, atol=1)


@pytest.mark.parametrize("dark", [False, True])
def test_a_chart_stands_on_the_pages_colour(dark):
    chart = matrix_chart(np.array([[5, 1], [0, 4]]), "ab", dark=dark).properties(width=200, height=200)
    drawn = chart_image.drawn(chart, 900, dark)
    assert drawn.getpixel((1, 1)) == tuple(int(PAPER[dark][at : at + 2], 16) for at in (1, 3, 5))
    assert 200 <= drawn.width <= 300
    assert chart_image.drawn(matrix_chart(np.eye(2, dtype=int), "ab"), 500, dark).width >= 500
