"""The preparation against MNIST itself: an image placed anywhere, at any size, comes back as it was."""

from __future__ import annotations

import itertools
import re
import time

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image, ImageDraw

from benchmarks.drawn import drawings
from benchmarks.support.hand_drawing import draw_digit, render
from cnnlab import models
from cnnlab.data.drawing import checks
from cnnlab.data.drawing.preprocessing import Steps, prepare
from cnnlab.data.drawing.strokes import THICKEST, THINNEST, even_stroke, stroke_width
from cnnlab.errors import CnnlabError
from cnnlab.runs import store

EVERY = [Steps(*switches) for switches in itertools.product((True, False), repeat=4)]


def on_canvas(image, chance, side=280, resampling=Image.Resampling.BICUBIC):
    """`image` enlarged 4 to 9 times somewhere on a black canvas, as far as its ink fits."""
    rows, columns = (np.flatnonzero(image.any(axis)) for axis in (1, 0))
    ink = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    factor = chance.uniform(4, 9)
    size = tuple(round(length * factor) for length in ink.shape[::-1])
    large = np.asarray(Image.fromarray(np.pad(ink, 1)).resize((size[0] + 2, size[1] + 2), resampling))
    canvas = np.zeros((side, side), np.uint8)
    top, left = (int(chance.integers(0, side - length + 1)) for length in large.shape)
    canvas[top : top + large.shape[0], left : left + large.shape[1]] = large
    return canvas


@pytest.fixture(scope="module")
def returned(mnist):
    """(the first 1,000 test images, what the preparation makes of them from anywhere on a canvas)."""
    originals, chance = mnist[1].images[:1_000, 0].numpy(), np.random.default_rng(0)
    prepared = [prepare(on_canvas(image, chance)) for image in originals]
    assert sum(p.image is None for p in prepared) <= 3
    return originals, [np.zeros((28, 28), np.uint8) if p.image is None else p.image for p in prepared]


def test_mnist_images_come_back_from_anywhere_on_the_canvas(returned):
    errors = [np.abs(a.astype(float) - b).mean() for a, b in zip(*returned, strict=True)]
    # bicubic enlargement by 4.0 to 9.0 blurs; in mean grey levels of 255 over all pixels (the digits' own mean: 33)
    assert np.median(errors) < 7.5
    assert np.mean(np.array(errors) < 16) > 0.93


def test_pixel_for_pixel_when_enlarged_by_a_whole_number(mnist):
    errors = []
    for image in mnist[1].images[:300, 0].numpy():
        canvas = np.zeros((280, 280), np.uint8)
        canvas[31:255, 9:233] = np.kron(image, np.ones((8, 8), np.uint8))
        prepared = prepare(canvas, Steps(thicken=False)).image
        errors.append(np.abs(prepared.astype(int) - image).mean())
    assert np.mean(np.array(errors) == 0) > 0.6
    assert np.mean(np.array(errors) < 1) > 0.97  # rows of ink under 48 of 255 are cut off, the rest is exact


@pytest.mark.parametrize(("name", "loss"), [("draw", 0.003), ("a0-simple-cnn", 0.006)])  # A0 knows no blur
def test_a_run_reads_them_as_well_as_the_originals(name, loss, mnist, returned):
    model = store.load(*store.find_run(name)).model
    right = [
        (models.logits_of(model, torch.from_numpy(np.stack(images))[:, None]).argmax(1) == mnist[1].labels[:1_000])
        for images in returned
    ]
    assert right[1].float().mean() >= right[0].float().mean() - loss


def test_the_shipped_run_reads_drawings():
    model = store.load(*store.find_run("draw")).model
    canvases, labels = zip(*drawings(500, seed=99), strict=True)
    images = [prepare(canvas if n % 2 else 255 - canvas).image for n, canvas in enumerate(canvases)]
    assert all(image is not None for image in images)
    answers = models.logits_of(model, torch.from_numpy(np.stack(images))[:, None]).argmax(1)
    assert (answers == torch.tensor(labels)).float().mean() >= 0.96


@pytest.mark.parametrize("steps", EVERY, ids=str)
def test_every_combination_of_steps_gives_28_by_28(steps):
    for canvas, _ in drawings(5, seed=3):
        for picture in (canvas, canvas[:, 60:], 255 - canvas, np.pad(canvas, 80)):
            prepared = prepare(picture, steps)
            assert prepared.problem is None
            assert prepared.image.shape == (28, 28) and prepared.image.dtype == np.uint8 and prepared.image.any()
            assert prepared.stages[-1][1] is prepared.image and np.shape(prepared.stages[0][1]) == picture.shape
            assert all(stage.dtype == np.uint8 and stage.ndim == 2 and caption for caption, stage in prepared.stages)


def test_steps_do_what_they_are_called():
    canvas = np.zeros((280, 280), np.uint8)
    canvas[20:60, 30:40] = 255
    canvas[50:60, 30:60] = 255  # an L, small, at the top left
    everything, uncentred, unscaled, uncropped = (
        np.argwhere(prepare(canvas, steps).image > 127)
        for steps in (Steps(), Steps(centre=False), Steps(scale=False), Steps(crop=False, centre=False))
    )
    assert np.ptp(everything, 0).tolist() == [19, 14]
    assert uncentred.min(0).tolist() == [4, 6] and everything.min(0).tolist() != [4, 6]
    assert np.ptp(unscaled, 0).tolist() in ([3, 2], [3, 3])
    assert uncropped.max(0).tolist() < [10, 10], "the digit stays in its corner"


@pytest.mark.parametrize(
    ("wanted", "canvas"),
    [
        (checks.BLANK, np.zeros((280, 280), np.uint8)),
        (checks.BLANK, np.full((280, 280), 9, np.uint8)),
        (checks.EVEN, np.full((280, 280), 255, np.uint8)),
        (checks.EVEN, np.full((280, 280), 120, np.uint8)),
        (checks.DOT, render([np.array([[100.0, 100], [100, 100]])])),
        (checks.DOT, render([np.array([[100.0, 100], [110, 105]])])),
        (checks.DOT, np.pad(np.full((1, 1), 255, np.uint8), 100)),
        (checks.DOT, np.pad(np.full((90, 100), 255, np.uint8), 90)),
        (checks.BLANK, np.zeros((1, 1), np.uint8)),
        (checks.EVEN, np.full((1, 1), 255, np.uint8)),
    ],
)
def test_what_is_no_digit_gets_a_sentence(wanted, canvas):
    prepared = prepare(canvas)
    assert (prepared.problem, prepared.image) == (wanted, None)
    assert re.fullmatch(r"[A-Z].*\.", prepared.problem) and len(prepared.stages) == 1


@pytest.mark.parametrize(
    "canvas", [None, np.zeros((3, 4, 3), np.uint8), np.zeros((28, 28)), np.zeros((0, 5), np.uint8)]
)
def test_what_is_no_canvas_is_refused(canvas):
    with pytest.raises(CnnlabError, match="uint8"):
        prepare(canvas)


@pytest.mark.slow
def test_a_lone_digit_is_hardly_ever_refused(mnist):
    chance = np.random.default_rng(4)
    drawn = [prepare(render(draw_digit(n % 10, chance), pen=[20, 10, 6][n % 3])).problem for n in range(600)]
    assert sum(problem is not None for problem in drawn) <= 3
    printed = [checks.find_problem(image, 16) for image in mnist[0].images[:3_000, 0].numpy()]
    assert sum(problem is not None for problem in printed) <= 15


def test_two_digits_side_by_side_are_noticed():
    chance, missed = np.random.default_rng(5), 0
    for number in range(200):
        pair, at = [], 0.0
        for _ in range(2):
            strokes = draw_digit(int(chance.integers(10)), chance)
            low, high = np.vstack(strokes).min(0), np.vstack(strokes).max(0)
            scale = min(100 * chance.uniform(0.9, 1.1) / (high - low)[1], 105 / (high - low)[0])
            pair += [(stroke - low) * scale + (at + 12, 90 + chance.uniform(-10, 10)) for stroke in strokes]
            at += (high - low)[0] * scale + 20 + 25
        missed += prepare(render(pair, pen=[20, 10][number % 2])).problem != checks.TWO
    assert missed <= 6


@settings(max_examples=150, deadline=None)
@given(some.integers(0, 2**32 - 1), some.integers(1, 12), some.integers(1, 40), some.sampled_from(EVERY))
def test_scribbles_give_a_digit_or_a_sentence(seed, lines, pen, steps):
    chance = np.random.default_rng(seed)
    image = Image.new("L", tuple(int(side) for side in chance.integers(1, 300, 2)))
    for _ in range(lines):
        points = [tuple(point) for point in chance.integers(-20, 320, (int(chance.integers(2, 9)), 2)).tolist()]
        ImageDraw.Draw(image).line(points, fill=int(chance.integers(1, 256)), width=pen)
    prepared = prepare(np.asarray(image), steps)
    assert (prepared.image is None) == (prepared.problem is not None)
    assert prepared.image is None or prepared.image.shape == (28, 28)


def test_grey_ink_is_the_same_digit():
    canvas, _ = next(drawings(1, seed=8))
    faint = (canvas * 0.4).astype(np.uint8)
    assert np.abs(prepare(canvas).image.astype(int) - prepare(faint).image).max() <= 4


@pytest.mark.parametrize(("pen", "height"), [(4, 240), (30, 110)])
def test_strokes_get_the_widths_of_mnist(pen, height):
    chance = np.random.default_rng(2)
    for digit in range(10):
        strokes = draw_digit(digit, chance)
        low, high = np.vstack(strokes).min(0), np.vstack(strokes).max(0)
        canvas = render([(stroke - low) * (height / max(high - low)) + 18 for stroke in strokes], pen)
        rows, columns = (np.flatnonzero(canvas.any(axis)) for axis in (1, 0))
        ink = canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        size = tuple(round(20 * side / max(ink.shape)) for side in ink.shape)
        before = stroke_width(ink > 127) * 20 / max(ink.shape)
        evened, caption = even_stroke(ink, size)
        after = stroke_width(evened > 127) * 20 / max(ink.shape) * (max(ink.shape) / (4 * 20) if "→" in caption else 1)
        assert after == pytest.approx(min(max(before, THINNEST), THICKEST), abs=0.7)


def test_it_is_quick_enough_to_follow_the_pen():
    canvas = np.asarray(Image.fromarray(next(drawings(1))[0]).resize((400, 400)))
    prepare(canvas)
    times = []
    for _ in range(10):
        started = time.perf_counter()
        prepare(canvas)
        times.append(time.perf_counter() - started)
    assert min(times) < 0.015
