"""The views of the data page through AppTest, for MNIST and for coloured images of other classes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnlab.charts import dataset_images, pixel_histograms
from cnnlab.charts.mosaic import GREYS
from cnnlab.data import datasets
from cnnlab.data.dataset import Dataset, channel_statistics
from cnnlab.data.datasets import registry
from cnnlab.ui.data import mean_and_spread

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("through_app")]
ROOT = Path(__file__).parents[2]
VIEWS = ["Samples", "One image", "Mean and spread", "Averages", "Splits", "Augmentation"]


def opened(**state) -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run().switch_page("pages/data.py")
    for key, value in state.items():
        app.session_state[key] = value
    return app.run()


@pytest.fixture
def coloured(monkeypatch):
    """A second data set: 3 × 20 × 16 pixels, three classes of which one has no training image."""

    def load(progress=None):
        chance = torch.Generator().manual_seed(0)
        made = torch.randint(0, 256, (60, 3, 20, 16), dtype=torch.uint8, generator=chance)
        labels = torch.arange(60) % 2
        mean, std = channel_statistics(made)
        whole = Dataset(made, labels, ("cat", "dog", "snow leopard"), mean, std)
        return whole.part(0, 40), whole.part(40, 60)

    monkeypatch.setitem(registry._specs, "coloured", datasets.DatasetSpec("coloured", "Coloured", load))
    yield "coloured"
    registry._loaded.pop(("coloured", 0), None)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_draws_any_data_set(view, coloured):
    for name in ("mnist", coloured):
        app = opened(data_view=view, shared_dataset=name)
        assert not app.exception and not app.error, name


def test_sentences_about_a_coloured_image_count_its_colours(coloured):
    value = int(datasets.load(coloured)[0].images[0, 0, 10, 8])
    said = opened(data_view="One image", shared_dataset=coloured).main.subheader[0].value
    assert said == f"This cat is 960 numbers, 320 a colour. Row 10, column 8: red {value}."
    said = opened(data_view="Samples", shared_dataset=coloured).main.subheader[0].value
    assert said == "40 images to learn from, 20 to test on, 20 × 16 pixels in colour."


def test_the_articles_numbers_are_counted_before_the_eyes(mnist, monkeypatch):
    app = opened(data_view="Mean and spread")
    assert [metric.value for metric in app.metric] == ["0.130660", "0.308108"]
    monkeypatch.setattr(mean_and_spread, "PAUSE", 0)
    next(button for button in app.main.button if button.label == "Count").click().run()
    assert not app.exception and [metric.value for metric in app.metric] == ["0.130660", "0.308108"]
    app.select_slider(key="data_images_counted").set_value(100).run()
    first = mnist[0].images[:100].numpy() / 255
    assert [metric.value for metric in app.metric] == [f"{first.mean():.6f}", f"{first.std():.6f}"]
    assert any("**78,400 numbers**" in each.value for each in app.markdown)


def test_the_splits_sentence_names_the_most_frequent_class(mnist):
    app = opened(data_view="Splits")
    labels = mnist[0].labels[:55_000].numpy()
    share = np.bincount(labels).max() / 55_000
    assert any(
        f"always saying {np.bincount(labels).argmax()} is {share:.1%} right" in each.value for each in app.markdown
    )


def test_images_that_validate_and_test_are_drawn_once(mnist):
    app = opened(data_view="Splits", data_split="test-seen")
    assert not app.exception
    assert [each.value.split(":")[0] for each in app.markdown if "always saying" in each.value] == [
        "**train**",
        "**validation and test**",
    ]


@pytest.mark.parametrize(("show", "said"), [("Where they differ", "most of all"), ("Difference of two", "4 from 9")])
def test_the_other_pictures_of_the_averages(show, said):
    app = opened(data_view="Averages", data_average_show=show)
    assert not app.exception and said in app.main.subheader[0].value


def test_an_augmentation_starts_with_a_recipes_amounts_and_draws_again():
    app = opened(data_view="Augmentation")
    assert app.slider(key="data_tried_rotation").value == 10 and app.slider(key="data_tried_shift").value == 2.8
    app.selectbox(key="data_tried_start").set_value("DrawNet for drawn digits").run()
    assert app.slider(key="data_tried_elastic").value == 0.9 and app.slider(key="data_tried_forms").value == 0.5
    next(button for button in app.main.button if button.label == "Draw again").click().run()
    assert app.session_state["data_tried_seed"] == 1 and not app.exception


def test_the_numbers_of_one_image_are_its_own(mnist):
    stored = mnist[0].images[0].numpy()
    whole = dataset_images.one(stored / 255, stored[0].astype(float), GREYS, (0, 27), True, False)
    part = dataset_images.around(stored / 255, stored[0].astype(float), GREYS, (0, 27), True)
    frame = whole.tiles[0].frames[0]
    np.testing.assert_array_equal(part.tiles[0].values, stored[0, :11, 17:])
    assert (frame.row, frame.col, frame.height, frame.width) == (0, 17, 11, 11)
    assert (part.tiles[0].frames[0].row, part.tiles[0].frames[0].col) == (0, 10)


def test_both_histograms_hold_every_pixel_and_the_second_is_the_first_moved_and_stretched():
    counts = np.zeros((1, 256), int)
    counts[0, [0, 255]] = 3, 1
    before = pixel_histograms.histogram(counts, [0.25], [0.43], "value").layer[1].data
    after = pixel_histograms.normalised(counts, [0.25], [0.43], "value").layer[1].data
    assert before.share.tolist() == after.share.tolist() == [0.75, 0.25]
    assert after["from"].tolist()[0] == pytest.approx(-0.25 / 0.43)
    assert after["to"].tolist()[1] == pytest.approx(0.75 / 0.43)
