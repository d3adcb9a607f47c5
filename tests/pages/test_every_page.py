"""Every page through Streamlit's AppTest: it draws without an exception, with shipped runs and without any."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.ui.state.draft_config import DRAFT

ROOT = Path(__file__).parents[2]
PAGES = sorted(file.name for file in (ROOT / "pages").glob("*.py"))
NEEDS_NO_WEIGHTS = ("architectures.py", "convolution.py", "data.py", "lessons.py", "runs.py", "train.py")
WITHOUT_RUNS = {  # what the pages say that a network is not needed for, or that runs are listed on
    "architectures.py": "simple-cnn: 215,370 parameters, 3.0 M multiply-adds, 4 layers with weights",
    "convolution.py": "9 sums: the kernel fits 3 times across and 3 times down.",
    "data.py": "60,000 images to learn from, 10,000 to test on, 28 × 28 pixels.",
    "lessons.py": "Step by step through the pages: every step opens what it is about.",
    "runs.py": "There is no run yet: train one on the first page, or import one.",
    "train.py": "Press Start and watch a network learn.",
}

pytestmark = pytest.mark.usefixtures("through_app")


def open_page(name: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    return app.switch_page(f"pages/{name}").run()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_draws(name, trained, monkeypatch):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    app = open_page(name)
    assert not app.exception and not app.error


@pytest.mark.parametrize("name", PAGES)
def test_a_page_without_any_run_says_what_to_do(name, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    app = open_page(name)
    assert not app.exception and not app.error
    said = [element.value for element in (*app.main.info, *app.main.subheader)]
    assert WITHOUT_RUNS.get(name, "There is no trained network yet: train one on the first page.") in said


@pytest.mark.parametrize("name", PAGES)
def test_a_damaged_checkpoint_is_a_sentence(name, trained, tmp_path, monkeypatch):
    shutil.copytree(trained[0] / "small", tmp_path / "small")
    for file in (tmp_path / "small").glob("*.safetensors"):
        file.write_bytes(file.read_bytes()[:5000])
    shutil.copytree(tmp_path / "small", tmp_path / "broken")
    (tmp_path / "broken" / "run.json").write_text("{")
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    app = open_page(name)
    assert not app.exception
    assert any("broken" in warning.value for warning in app.sidebar.warning)
    assert ["is damaged" in error.value for error in app.error] == ([] if name in NEEDS_NO_WEIGHTS else [True])


def start(app: AppTest):
    return app.button(key="train_control_Start")


def test_settings_that_can_be_are_taken(trained, monkeypatch):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    app = open_page("train.py")
    assert app.number_input(key="train_learning_rate").value == 0.001
    app.number_input(key="train_epochs").set_value(7).run()
    assert not app.exception and not app.error and not start(app).disabled
    assert app.session_state[DRAFT].epochs == 7


SCHEDULE = "Schedule and optimiser"


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (
            [(SCHEDULE, "selectbox", "schedule", "multistep"), (SCHEDULE, "text_input", "milestones", "3, 2")],
            "milestones is 3,2: the epochs must rise, each named once.",
        ),
        (
            [(SCHEDULE, "selectbox", "schedule", "multistep"), (SCHEDULE, "text_input", "milestones", "two")],
            "milestones is 'two': it must be a whole number.",
        ),
        (
            [
                ("Averaging and stopping", "number_input", "early_stopping", 3),
                ("Data set", "selectbox", "split", "none"),
            ],
            "early_stopping is 3, but split 'none' validates nothing: choose another split.",
        ),
    ],
)
def test_settings_that_cannot_be_are_a_sentence(trained, monkeypatch, steps, said):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    app = open_page("train.py")
    for section, kind, field, typed in steps:
        app.button_group(key="train_section").set_value(section).run()
        getattr(app, kind)(key=f"train_{field}").set_value(typed).run()
    assert not app.exception
    assert [error.value for error in app.error] == [said]
    assert start(app).disabled


def test_the_epoch_slider_has_every_epoch_of_the_run(trained, monkeypatch):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    app = open_page("train.py")
    best = trained[1].history.epochs[1].val_accuracy > trained[1].history.epochs[2].val_accuracy
    assert app.sidebar.select_slider[0].options == (["0", "1 ★", "2"] if best else ["0", "1", "2 ★"])
    assert app.sidebar.select_slider[0].value == 2
