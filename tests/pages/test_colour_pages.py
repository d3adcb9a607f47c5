"""Every page with a network for three classes of own colour pictures, 32 high and 30 wide."""

from __future__ import annotations

import dataclasses
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest
from torch import nn

from cnnlab.charts import kernel_grid as pictures
from cnnlab.charts.mosaic import diverging, picture
from cnnlab.cli.commands import main
from cnnlab.data import datasets
from cnnlab.data.datasets import custom
from cnnlab.evaluation.predictions import predict
from cnnlab.inspection import kernel_weights
from cnnlab.runs import store
from cnnlab.ui.components import pixel_grid
from cnnlab.ui.wording import input_names
from tests.support.digit_folders import INK

ROOT = Path(__file__).parents[2]
PAGES = sorted(file.name for file in (ROOT / "pages").glob("*.py"))
VIEWS = {
    "confusion.py": ("confusion_view", ["Report", "Gallery", "Certainty", "Map of points"]),
    "shift.py": ("shift_view", ["Test set", "Side by side", "Other disturbances"]),
    "feature_maps.py": ("feature_maps_view", ["All layers", "Compare digits", "Which pixels mattered"]),
    "kernels.py": ("kernels_part", ["Knock it out"]),
}
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("through_app")]


@pytest.fixture(autouse=True)
def here(colours, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(colours[0]))
    monkeypatch.setenv("CNNLAB_DATA", str(colours[1]))
    monkeypatch.setenv("CNNLAB_SWEEPS", str(tmp_path))
    return colours


def opened(name: str, **state: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    for key, value in state.items():
        app.session_state[key] = value
    return app.run().switch_page(f"pages/{name}").run()


def words(app: AppTest) -> str:
    elements = (*app.main.markdown, *app.main.subheader, *app.main.info, *app.main.caption)
    return "\n".join(str(element.value) for element in elements)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_draws_and_speaks_of_images(name):
    app = opened(name)
    assert not app.exception and not app.error
    speaks_of_digits = re.search(r"\bdigits?\b", words(app)) is not None
    assert speaks_of_digits == (name in ("draw.py", "lessons.py")), words(app)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "key", "view"), [(n, k, v) for n, (k, views) in VIEWS.items() for v in views])
def test_a_view_draws_and_speaks_of_images(name, key, view):
    app = opened(name, **{key: view})
    assert not app.exception and not app.error
    assert not re.search(r"\bdigits?\b", words(app)), words(app)


def test_drawing_says_why_it_is_not_for_this_network():
    app = opened("draw.py")
    said = "**colour** reads 32 × 30 with 3 colour channels, of 3 classes (four, nine, seven …)"
    assert said in app.info[0].value and "ten digits" in app.info[0].value
    assert not any(each.key == "draw_keep_as_4" for each in app.button)


def test_the_answers_are_those_of_the_network_itself(here):
    network = store.load(*store.find_run("colour"))
    test = datasets.load("folder:colours")[1]
    found = predict(network.model, test)
    with torch.inference_mode():
        plain = network.model(test.images / 255).argmax(1)
    assert found.predicted.tolist() == plain.tolist() and found.accuracy > 0.5
    assert f"{found.accuracy:.2%} right" in words(opened("confusion.py"))
    outcome = store.find_run("colour")[0].outcome
    assert outcome.test_accuracy == found.accuracy and " of 60 test images right after 2 epochs" in outcome.sentence


def test_colour_pictures_are_drawn_in_their_colours():
    image = datasets.load("folder:colours")[1].images[0].numpy() / 255
    tile = picture(image, "title")
    assert np.array_equal(tile.under, image.transpose(1, 2, 0)) and not tile.veil.any()
    assert np.allclose(tile.values, image.mean(0))
    assert picture(image[:1]).under is None and np.array_equal(picture(image[0]).values, image[0])


def test_kernels_of_colours_have_a_row_in_colour_and_one_a_channel():
    network = store.load(*store.find_run("colour"))
    values = kernel_weights.weights(network.model, "conv1")
    look = pictures.KernelLook(diverging(values, "weight"), "Kernels of conv1", chosen=3)
    mosaic = pictures.channel_grid(values, ["red", "green", "blue"], range(16), look)
    assert list(mosaic.row_titles) == ["colour", "red", "green", "blue"] and len(mosaic.tiles) == 4 * 16
    colour = mosaic.tiles[3].under
    assert colour.min() >= 0 and colour.max() <= 1
    assert np.allclose(colour, 0.5 + values[3].transpose(1, 2, 0) / (2 * np.abs(values).max()), atol=1e-6)
    for channel in range(3):
        assert np.array_equal(mosaic.tiles[(channel + 1) * 16 + 3].values, values[3, channel])


def test_the_sum_behind_a_pixel_names_the_colours_of_the_image_and_of_nothing_else(monkeypatch):
    drawn = {}
    monkeypatch.setattr(pixel_grid, "draw", lambda mosaic, key, on_pick=None: drawn.update({key: mosaic}))
    app = opened("feature_maps.py")
    assert not app.exception and list(drawn["feature_maps_sum"].row_titles) == ["red", "green", "blue"]
    app.segmented_control(key="feature_maps_layer").set_value("conv2").run()
    assert {title.rstrip("0123456789") for title in drawn["feature_maps_sum"].row_titles} == {"in "}
    three = nn.Sequential(nn.Conv2d(3, 3, 3), nn.Conv2d(3, 4, 3))
    network = dataclasses.replace(store.load(*store.find_run("colour")), model=three)
    assert input_names(network, "0", [2, 0]) == ["blue", "red"]
    assert input_names(network, "1", [2, 0]) == ["in 2", "in 0"]


def test_the_command_line_reads_pictures_and_tests(here, tmp_path, capsys):
    picture_file = tmp_path / "photo.jpg"
    Image.new("RGB", (200, 100), INK["four"]).save(picture_file)
    assert main(["predict", "colour", str(picture_file)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["class"] in INK and sum(answer["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert main(["evaluate", "colour"]) == 0
    assert sum(map(sum, json.loads(capsys.readouterr().out)["confusion_matrix"])) == 60
    assert main(["shift", "colour", "--max", "1", "--images", "10"]) == 0
    assert json.loads(capsys.readouterr().out)["per_class"].keys() <= set(INK)
    assert main(["predict", "colour", str(tmp_path / "missing.jpg")]) == 1


def test_a_run_whose_pictures_are_elsewhere_says_so(here, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path))
    app = opened("confusion.py")
    assert not app.exception and "there is no such data set here" in app.error[0].value
    assert not opened("runs.py").error and not opened("train.py").exception
    assert main(["evaluate", "colour"]) == 1 and "add-data FOLDER --name colours" in capsys.readouterr().err


@pytest.mark.parametrize(("size", "said"), [(16, "has images of 3×16×16 here"), (None, "has other classes here")])
def test_other_pictures_under_the_same_name_are_not_taken_for_them(here, tmp_path, monkeypatch, capsys, size, said):
    folder = here[1] / "pictures"
    if size is None:
        folder = tmp_path / "others"
        for name in ("cat", "dog"):
            (folder / name).mkdir(parents=True)
            for number in range(3):
                Image.new("RGB", (30, 32), (number * 80, 0, 0)).save(folder / name / f"{number}.png")
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path / "data"))
    custom.add(folder, "colours", size=size)
    assert said in opened("feature_maps.py").error[0].value
    assert main(["evaluate", "colour"]) == 1 and said in capsys.readouterr().err


def test_the_training_page_offers_own_pictures_and_shows_them():
    app = opened("train.py", train_section="Data set", train_dataset="folder:colours")
    app.selectbox(key="train_dataset").set_value("folder:colours").run()
    assert not app.exception and not app.error
    assert "**180** images to train and **60** to test, 30×32 pixels, in colour, 3 classes" in words(app)
    app.selectbox(key="train_recipe").set_value("draw").run()
    app.selectbox(key="train_dataset").set_value("folder:colours").run()
    assert "augment_forms is 0.5: folder:colours has no digits" in app.error[0].value
    app.selectbox(key="train_recipe").set_value("a0-simple-cnn").run()
    app.selectbox(key="train_dataset").set_value("cifar10").run()
    assert not app.error and any("downloads 170 MB" in button.label for button in app.button)


def test_a_folder_becomes_the_chosen_data_set(here, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path))
    app = opened("train.py", train_section="Data set", train_add_pictures=True)
    app.text_input(key="train_pictures_folder").set_value(str(here[1] / "pictures"))
    app.text_input(key="train_pictures_name").set_value("mine")
    next(button for button in app.button if button.label == "Add them").click().run()
    assert not app.exception and not app.error
    assert (
        app.selectbox(key="train_dataset").value == "folder:mine"
        and "four 60, nine 60, seven 60" in app.success[0].value
    )
    app.text_input(key="train_pictures_folder").set_value(str(tmp_path / "nothing"))
    app.text_input(key="train_pictures_name").set_value("")
    next(button for button in app.button if button.label == "Add them").click().run()
    assert "There is no " in app.error[0].value and app.selectbox(key="train_dataset").value == "folder:mine"


def test_an_uploaded_picture_is_scaled_to_what_the_network_reads():
    from cnnlab.data.image_decoding import fitted

    content = io.BytesIO()
    Image.new("RGB", (300, 320), INK["nine"]).save(content, "PNG")
    image = fitted(content.getvalue(), "x.png", (3, 32, 30))
    assert image.shape == (3, 32, 30) and [int(channel.mean()) for channel in image] == list(INK["nine"])
