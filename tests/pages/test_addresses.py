"""Every page's address: what is chosen stands in it, a fresh tab shows the same of it, nonsense is a sentence."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from cnnlab.common import paths
from cnnlab.ui.state import address
from tests.support.fresh_tabs import put, shown, tab

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("through_app")]
PAGES = sorted(file.stem for file in (paths.LAB / "pages").glob("*.py"))
SMALL = {"run": "small", "epoch": "2"}


@pytest.fixture
def runs(trained, tmp_path, monkeypatch):
    """The run "small", and the same again as "other", which belongs to a study."""
    for name in ("small", "other"):
        shutil.copytree(trained[0] / "small", tmp_path / name)
    record = json.loads((tmp_path / "other" / "run.json").read_text())
    record["study"] = {"study": "rates", "trial": 0, "trials": 1, "varied": ["learning_rate"]}
    (tmp_path / "other" / "run.json").write_text(json.dumps(record))
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("CNNLAB_SWEEPS", str(tmp_path / "sweeps"))
    return tmp_path


OWN_GRID = np.array([[0.5, -1, 0], [2, 0, 0], [0, 0, 30]])
# page, what is set (each part before another run of the script), what the address says then besides run and epoch
CHOSEN = [
    ("anatomy", [{"shared_run": "other"}, {"shared_epoch_of_other": 1}], {"run": "other", "epoch": "1"}),
    (
        "architectures",
        [
            {"architectures_unit_layers": {"simple-cnn": "conv1"}},
            {"architectures_unit": (3, 4), "architectures_digit": "7"},
        ],
        {"layer": "conv1", "unit": "3.4", "digit": "7"},
    ),
    (
        "architectures",
        [{"architectures_view": "Compare two"}, {"architectures_shown_on": "On MNIST's digits"}],
        {"view": "compare-two", "images": "on-mnist-s-digits"},
    ),
    ("classroom", [{"classroom_view": "Wall"}], {"view": "wall"}),
    (
        "confusion",
        [
            {"confusion_numbers": "Per cent of the row", "confusion_compared_run": "other"},
            {"confusion_compared_epoch_of_other": 1, "confusion_picked_cell": ("4", "9")},
        ],
        {"numbers": "per-cent-of-the-row", "with": "other", "with-epoch": "1", "cell": ["4", "9"]},
    ),
    (
        "confusion",
        [{"confusion_view": "Gallery"}, {"confusion_gallery_true": "8", "confusion_gallery_sure": (0, 95)}],
        {"view": "gallery", "true": "8", "sure": ["0", "95"]},
    ),
    (
        "confusion",
        [{"confusion_view": "Map of points"}, {"confusion_map_layer": "conv2", "confusion_chosen_point": 77}],
        {"view": "map-of-points", "layer": "conv2", "point": "77"},
    ),
    (
        "confusion",
        [{"confusion_view": "Certainty"}, {"confusion_threshold": 70}],
        {"view": "certainty", "at-least": "70"},
    ),
    (
        "convolution",
        [
            {"convolution_numbers_input": OWN_GRID, "convolution_numbers_kernel_name_0": "Sobel x"},
            {"convolution_numbers_stride": 2},
        ],
        {"kernel": "sobel-x", "stride": "2", "input": "0.5_-1_0~2_0_0~0_0_30"},
    ),
    (
        "convolution",
        [
            {"convolution_view": "A digit"},
            {"convolution_digit_index": 12, "convolution_digit_kernel": OWN_GRID[:2, :2]},
        ],
        {"view": "a-digit", "image": "12", "kernel": "0.5_-1~2_0"},
    ),
    (
        "convolution",
        [
            {"convolution_view": "Several channels"},
            {"convolution_channels_count": 2, "convolution_channels_bias": -2.5},
        ],
        {"view": "several-channels", "channels": "2", "bias": "-2.5"},
    ),
    (
        "convolution",
        [
            {"convolution_view": "ReLU and pooling"},
            {"convolution_pooling_source": "positive and negative", "convolution_pooling_relu": False},
        ],
        {"view": "relu-and-pooling", "input": "positive-and-negative", "relu": "0"},
    ),
    (
        "data",
        [{"data_view": "One image"}, {"data_index": 7, "data_units": "normalised", "data_pixel": (3, 4)}],
        {"view": "one-image", "image": "7", "numbers": "normalised", "pixel": "3.4"},
    ),
    (
        "data",
        [
            {"data_view": "Averages"},
            {"data_average_show": "Difference of two"},
            {"data_average_first": "1", "data_average_second": "7"},
        ],
        {"view": "averages", "show": "difference-of-two", "first": "1", "second": "7"},
    ),
    (
        "data",
        [{"data_view": "Augmentation"}, {"data_tried_rotation": 25.0, "data_tried_images": "3"}],
        {"view": "augmentation", "rotation": "25", "images": "3"},
    ),
    ("data", [{"data_view": "Splits"}, {"data_split": "none"}], {"view": "splits", "split": "none"}),
    ("draw", [{"draw_steps": ["crop", "scale"]}], {"steps": ["crop", "scale"]}),
    (
        "ensemble",
        [{"ensemble_members": ["other", "small"], "ensemble_rule": "vote"}],
        {"members": ["other", "small"], "rule": "vote"},
    ),
    (
        "feature_maps",
        [
            {
                "image_chooser_index": 8,
                "feature_maps_layer": "conv2",
                "feature_maps_clicked_pixel": ("conv2", 3, 4, 5),
            }
        ],
        {"image": "8", "layer": "conv2", "pixel": "conv2.3.4.5"},
    ),
    (
        "feature_maps",
        [
            {"feature_maps_view": "Compare digits"},
            {"feature_maps_compared": ["1", "7"], "feature_maps_compared_features": 3},
        ],
        {"view": "compare-digits", "classes": ["1", "7"], "features": "3"},
    ),
    (
        "feature_maps",
        [{"feature_maps_view": "Which pixels mattered"}, {"feature_maps_speaks_for": "3"}],
        {"view": "which-pixels-mattered", "for": "3"},
    ),
    (
        "kernels",
        [
            {"kernels_layer": "conv2", "kernels_part": "Knock it out"},
            {"kernels_chosen_of_conv2": 5, "kernels_silent_of_conv2": [5, 6]},
        ],
        {"layer": "conv2", "part": "knock-it-out", "kernel": "5", "off": ["5", "6"]},
    ),
    ("lessons", [{"shared_lesson": "1-convolution"}], {"lesson": "1-convolution", "step": "1"}),
    (
        "runs",
        [{"runs_chosen": ["other", "small"], "runs_order": "by name"}],
        {"runs": ["other", "small"], "order": "by-name"},
    ),
    ("runs", [{"runs_words": "oth"}], {"words": "oth"}),
    ("runs", [{"runs_study": "rates"}], {"study": "rates"}),
    (
        "shift",
        [{"image_chooser_index": 11, "shift_dx": 5, "shift_dy": -6, "shift_fill": "circular"}],
        {"image": "11", "dx": "5", "dy": "-6", "fill": "circular"},
    ),
    ("shift", [{"shift_view": "Side by side"}, {"shift_runs": ["other"]}], {"view": "side-by-side", "runs": "other"}),
    (
        "train",
        [{"train_recipe": "a1-batch-norm", "train_behind": ["other"]}, {"train_loss_axis": "linear"}],
        {"recipe": "a1-batch-norm", "behind": "other", "loss": "linear"},
    ),
    ("train", [{"train_mode": "Break it on purpose"}], {"start": "break-it-on-purpose"}),
    (
        "train",
        [{"train_mode": "Break it on purpose", "train_marked_sabotage": "sorted"}],
        {"start": "break-it-on-purpose", "break": "sorted"},
    ),
]
NAMES = sorted({name for _, _, said in CHOSEN for name in said} | {"run", "epoch", "live", "from", "of", "set"})


@pytest.mark.parametrize(("page", "chosen", "said"), CHOSEN, ids=[f"{page}-{n}" for n, (page, *_) in enumerate(CHOSEN)])
def test_what_is_chosen_stands_in_the_address_and_a_fresh_tab_shows_the_same(runs, page, chosen, said):
    here = tab(page, SMALL)
    assert here.query_params == SMALL, "as it opens, an address says the run and the epoch alone"
    for part in chosen:
        for key, value in part.items():
            put(here, key, value)
        here.run()
        assert not here.exception
    assert here.query_params == SMALL | said
    there = tab(page, here.query_params)
    assert there.query_params == here.query_params
    assert shown(there) == shown(here)


def test_every_page_is_among_them():
    assert {page for page, *_ in CHOSEN} == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "nonsense",
    [
        ["\x00<b>`x`</b> [l](//y)"],
        pytest.param(["99999999999"], marks=pytest.mark.slow),
        pytest.param(["../..\u202e", "nan"], marks=pytest.mark.slow),
    ],
)
def test_whatever_an_address_says_the_page_is_drawn_and_its_own_address_is_complete(runs, page, nonsense):
    app = tab(page, {name: nonsense for name in NAMES if name != "words"})  # which may be any
    assert "There is no run" in complaint(app)
    again = tab(page, app.query_params)
    assert again.query_params == app.query_params == {"run": app.query_params["run"], "epoch": "2"}
    assert "There is no" not in complaint(again) and "The address" not in complaint(again)


def complaint(app) -> str:
    return " ".join(each.value for each in app.main.warning)


def test_what_is_not_here_is_said_until_something_else_is_chosen(runs):
    app = tab("kernels", {"run": "gone`*", "epoch": "7", "layer": "conv9" * 30, "x": "1"})
    said = complaint(app)
    assert "There is no run “gone\\`\\*” here: the page shows “other”." in said or "shows “small”" in said
    assert "There is no epoch “7” here: the page shows “2”." in said
    assert f"There is no layer “{('conv9' * 30)[:60]}…” here: the page shows “conv1”." in said
    assert "The address says “x”, which this page does not show now." in said
    assert complaint(app.run()) == said, "a page that draws itself again says it still"
    put(app, "kernels_layer", "conv2")
    assert complaint(app.run()) == ""


def test_a_click_that_is_not_on_the_page_is_said(runs):
    app = tab("feature_maps", {"pixel": "conv1.0.500.0", "image": "10000"})
    assert "There is no pixel “conv1.0.500.0” here." in complaint(app)
    assert "There is no image “10000” here: the page shows “0”." in complaint(app)


def test_an_address_names_runs_and_no_folders(runs):
    for name in ("../small", str(runs / "small"), "small/", "", "SMALL"):
        app = tab("anatomy", {"run": name})
        assert "There is no run" in complaint(app) and app.query_params["run"] in ("small", "other")


def test_the_address_of_a_training_that_is_over_shows_what_is_kept(runs):
    app = tab("anatomy", {"run": "small", "live": "1"})
    assert complaint(app) == "The address follows a training, but none is under way: the page shows what is kept."
    assert app.query_params == {"run": "small", "epoch": "2"}


def test_back_brings_the_old_values_and_without_it_an_address_of_before_changes_nothing(runs, monkeypatch):
    app = tab("shift", {"run": "small", "epoch": "1", "dx": "5"})
    put(app, "shift_dx", 7)
    app.run()
    late = {"run": "small", "epoch": "1", "dx": "5"}  # sent by a click that was quicker than the new address
    app.query_params = late
    assert app.run().query_params["dx"] == "7"
    monkeypatch.setattr(address, "by_history", lambda: True)
    app.query_params = {"run": "other", "epoch": "1"}
    app.run()
    assert app.query_params == {"run": "other", "epoch": "1"}, "what it does not say is as it always begins"
    assert app.session_state["shift_dx"] == -3 and app.session_state["shared_run"] == "other"


def test_another_page_keeps_the_run_and_says_its_own(runs):
    app = tab("shift", {"run": "small", "epoch": "1", "dx": "5"})
    app.query_params = {}  # as Streamlit leaves a page
    app = app.switch_page("pages/kernels.py").run()
    assert app.query_params == {"run": "small", "epoch": "1"}
    app.query_params = {}
    assert app.switch_page("pages/shift.py").run().query_params == {"run": "small", "epoch": "1", "dx": "5"}


def test_while_epochs_play_the_address_waits(runs):
    app = tab("kernels", SMALL)
    app.button(key="epoch_player_play").click().run()
    assert app.session_state["shared_epoch_of_small"] == 0 and app.query_params == SMALL
    app.button(key="epoch_player_play").click().run()
    assert app.query_params == {"run": "small", "epoch": "0"}


def test_who_leaves_before_the_page_is_drawn_keeps_the_run(runs):
    app = tab("shift", SMALL)
    asked = {"run": ["other"], "epoch": ["1"], "dx": ["5"]}
    app.session_state[address.ENTRY] = address.Entry("Shift", asked)  # as an interrupted run of the script leaves it
    app.query_params = {}
    app = app.switch_page("pages/kernels.py").run()
    assert app.query_params == {"run": "other", "epoch": "1"} and complaint(app) == ""


def test_what_is_chosen_in_a_fragment_leaves_run_and_epoch_in_the_address(runs):
    app = tab("train", {"run": "small", "epoch": "1"})
    app.query_params = {}
    app = app.switch_page("pages/confusion.py").run()
    app.selectbox(key="confusion_compared_run").set_value("other").run()
    assert not app.exception and app.query_params == {"run": "small", "epoch": "1", "with": "other"}
