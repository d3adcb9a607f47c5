"""Films of a run's epochs: made in the background, each frame what the page shows of its epoch."""

from __future__ import annotations

import io
import shutil

import numpy as np
import pytest
import streamlit as st
import torch
from PIL import Image, ImageSequence
from safetensors.numpy import load_file
from sklearn.metrics import confusion_matrix
from streamlit.testing.v1 import AppTest
from torch.nn import functional

from cnnlab.charts.mosaic import Mosaic
from cnnlab.common import paths
from cnnlab.common.background import process_queue
from cnnlab.evaluation import tsne
from cnnlab.films import film
from cnnlab.films.chart_image import description
from cnnlab.runs import store
from cnnlab.ui.cache import predictions_cache
from cnnlab.ui.components import film_maker, pixel_grid
from cnnlab.ui.shift import measurements

EPOCHS = (0, 1, 2)
STEP = 20
# page, its state, the key of the picture there
SUBJECTS = {
    "kernels": ("kernels", {}, "kernels_grid_conv1"),
    "change of the kernels": ("kernels", {"kernels_view": "Change since the epoch before"}, "kernels_grid_conv1"),
    "maps of one layer": ("feature_maps", {}, "feature_maps_of_conv1"),
    "compared digits": ("feature_maps", {"feature_maps_view": "Compare digits"}, "feature_maps_side_by_side"),
    "confusion": ("confusion", {}, "confusion_matrix"),
    "points": ("confusion", {"confusion_view": "Map of points"}, "confusion_points"),
    "shift map": ("shift", {}, "shift_offset_map"),
}


@pytest.fixture
def run(trained, monkeypatch, tmp_path):
    """A run of two epochs in a folder of its own."""
    shutil.copytree(trained[0] / "small", tmp_path / "small")
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("CNNLAB_SWEEPS", str(tmp_path / "sweeps"))
    return store.open_run(tmp_path / "small")


@pytest.fixture
def few(monkeypatch):
    """Predictions are made of every STEP-th test image."""
    plain = predictions_cache.sets_for
    monkeypatch.setattr(predictions_cache, "sets_for", lambda network: [plain(network)[0].every(STEP)])


@pytest.fixture
def drawn(monkeypatch):
    """What pages draw, by its key."""
    found = {}
    plain_grid, plain_chart = pixel_grid.draw, st.altair_chart
    monkeypatch.setattr(
        pixel_grid,
        "draw",
        lambda mosaic, key, *rest, **more: (found.update({key: mosaic}), plain_grid(mosaic, key, *rest, **more)),
    )
    monkeypatch.setattr(
        st,
        "altair_chart",
        lambda chart, *rest, **more: (found.update({more.get("key"): chart}), plain_chart(chart, *rest, **more)),
    )
    return found


@pytest.fixture
def saved(monkeypatch):
    """What films are offered to be saved, as (bytes, file name)."""
    found, plain = [], st.download_button

    def button(label, data, file_name, *rest, **more):
        found.append((data, file_name))
        return plain(label, data, file_name, *rest, **more)

    monkeypatch.setattr(film_maker.st, "download_button", button)
    return found


@pytest.fixture
def pictures(monkeypatch):
    """The pictures that films are made of, by epoch."""
    found, plain = {}, film.frame

    def frame(picture, epoch, title, dark):
        found[epoch] = picture
        return plain(picture, epoch, title, dark)

    monkeypatch.setattr(film, "frame", frame)
    return found


def opened(page: str, state: dict) -> AppTest:
    app = AppTest.from_file(str(paths.LAB / "dashboard.py"), default_timeout=120)
    for key, value in {**state, "shared_epoch_of_small": 2}.items():
        app.session_state[key] = value
    app = app.run().switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app


def made(app: AppTest) -> AppTest:
    """The page once its film is made."""
    app.button("film_maker_make").click().run()
    assert process_queue().join(120)
    app.run()
    assert not app.exception and not app.error, [each.value for each in app.error]
    return app


def content_of(picture) -> object:
    """What a picture says, to compare: all its values, or its data and marks."""
    if isinstance(picture, Mosaic):
        return picture.payload()
    described = description(picture)
    return [described["layer"], sorted(map(str, described["datasets"].values()))]


def kernels_in_the_file(run, epoch, picture, test):
    stored = load_file(run.file(epoch))
    weights = stored[next(name for name in stored if name.endswith("conv1.weight"))][:, 0]
    np.testing.assert_array_equal([tile.values for tile in picture.tiles], weights)


def convolutions_of_the_image(run, epoch, picture, test):
    conv1 = store.load(run, epoch).model.conv1
    expected = functional.conv2d(test.images[:1] / 255, conv1.weight, conv1.bias, padding=2)[0].detach().numpy()
    np.testing.assert_allclose([tile.values for tile in picture.tiles], expected, atol=1e-5)


def scikit_learns_matrix(run, epoch, picture, test):
    answers = answer(run, epoch, test.images[::STEP]).argmax(1)
    expected = confusion_matrix(test.labels[::STEP], answers, labels=range(10))
    rows = next(iter(description(picture)["datasets"].values()))
    assert {(row["true"], row["predicted"]): row["value"] for row in rows} == {
        (str(true), str(predicted)): count for (true, predicted), count in np.ndenumerate(expected)
    }


def answers_to_the_moved_image(run, epoch, picture, test):
    image, label = test.images[4:5], int(test.labels[4])  # the page's first
    moved = torch.zeros_like(image)
    moved[..., 3:, :-2] = image[..., :-3, 2:]
    values = picture.tiles[0].values
    middle = len(values) // 2
    expected = answer(run, epoch, moved).softmax(1)[0, label].item()
    assert values[middle + 3, middle - 2] == pytest.approx(expected, abs=1e-4)


SECOND_WAYS = {
    "kernels": kernels_in_the_file,
    "maps of one layer": convolutions_of_the_image,
    "confusion": scikit_learns_matrix,
    "shift map": answers_to_the_moved_image,
}


def answer(run: store.Run, epoch: int, images: torch.Tensor) -> torch.Tensor:
    """The logits [N, K] of an epoch for uint8 images [N, C, H, W]."""
    with torch.no_grad():
        return store.load(run, epoch).model.eval()(images / 255)


@pytest.mark.slow
@pytest.mark.parametrize("name", SUBJECTS)
def test_every_frame_is_what_the_page_shows_at_its_epoch(name, run, few, drawn, saved, pictures, mnist, through_app):
    page, state, key = SUBJECTS[name]
    app = made(opened(page, state))
    content, file_name = saved[-1]
    assert file_name.startswith("small-") and file_name.endswith(".gif")
    frames = [each.convert("RGB") for each in ImageSequence.Iterator(Image.open(io.BytesIO(content)))]
    assert len(frames) == len(pictures)
    shown = EPOCHS[1:] if "change" in name else EPOCHS
    assert list(pictures) == list(shown)
    for epoch, frame in zip(shown, frames, strict=True):
        if name in SECOND_WAYS:
            SECOND_WAYS[name](run, epoch, pictures[epoch], mnist[1])
        drawn.clear()
        app.session_state["shared_epoch_of_small"] = epoch
        app.run()
        assert content_of(pictures[epoch]) == content_of(drawn[key])
        again = film.frame(pictures[epoch], epoch, "", False)
        below = film.HEAD + film.MARGIN
        seen, expected = (np.asarray(each, int)[below:] for each in (frame, again))
        common = tuple(slice(min(sizes)) for sizes in zip(seen.shape, expected.shape, strict=True))
        close = np.abs(seen[common] - expected[common])
        assert np.quantile(close, 0.999) <= (4 if isinstance(pictures[epoch], Mosaic) else 40)


@pytest.mark.slow
def test_the_film_of_the_test_sets_map_measures_what_is_missing(run, saved, pictures, monkeypatch, through_app):
    monkeypatch.setattr(measurements, "REACH", 4)
    monkeypatch.setitem(measurements.COUNTS, measurements.FEW, 50)
    network, progress = store.load(run, 2), []
    wanted = measurements.of_shifts(network, 50, "zero")
    measurements.sweeps().put(wanted.key, wanted.work(progress.append))
    made(opened("shift", {"shift_view": "Test set"}))
    assert list(pictures) == list(EPOCHS)
    assert all(picture.tiles[0].values.shape == (9, 9) for picture in pictures.values())


@pytest.mark.slow
def test_tsne_is_made_for_every_epoch_and_kept_for_the_page(run, few, saved, pictures, monkeypatch, through_app):
    asked = []

    def embed(vectors, on_progress):
        on_progress(0.5)
        asked.append(vectors.shape)
        return vectors[:, :2].astype(np.float32)

    monkeypatch.setattr(tsne, "embed", embed)
    app = opened("confusion", {"confusion_view": "Map of points", "confusion_map_method": "t-SNE"})
    assert process_queue().join(60)
    made(app.run())
    assert len(asked) == len(EPOCHS), "the page's own is not made again"
    assert list(pictures) == list(EPOCHS)


def test_what_goes_wrong_is_a_sentence_and_the_button_comes_back(run, monkeypatch, through_app):
    run.file(1).write_bytes(b"no weights")
    app = opened("kernels", {})
    app.button("film_maker_make").click().run()
    assert process_queue().join(60)
    app.run()
    assert not app.exception
    (said,) = app.error
    assert "epoch" in said.value or "small" in said.value
    assert app.button("film_maker_make")


def test_a_run_with_one_epoch_has_no_film(run, through_app):
    run.file(0).unlink()
    run.file(1).unlink()
    app = opened("kernels", {})
    assert "film_maker_make" not in {each.key for each in app.button}
