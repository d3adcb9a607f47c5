"""Every page through Streamlit's AppTest: it draws without an exception, with shipped runs and without any."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
PAGES = sorted(file.name for file in (ROOT / "pages").glob("*.py"))


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
    assert not app.exception
    assert name == "train.py" or app.info or app.main.subheader or app.markdown


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
    reads_no_weights = name in ("train.py", "runs.py", "data.py", "convolution.py", "architectures.py")
    assert reads_no_weights or any("is damaged" in error.value for error in app.error)


def test_settings_that_cannot_be_are_a_sentence(trained, monkeypatch):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    app = open_page("train.py")
    assert app.number_input(key="train_learning_rate").value == 0.001
    app.number_input(key="train_epochs").set_value(7).run()
    assert not app.exception and app.number_input(key="train_epochs").value == 7


def test_the_epoch_slider_has_every_epoch_of_the_run(trained, monkeypatch):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    app = open_page("train.py")
    best = trained[1].history.epochs[1].val_accuracy > trained[1].history.epochs[2].val_accuracy
    assert app.sidebar.select_slider[0].options == (["0", "1 ★", "2"] if best else ["0", "1", "2 ★"])
    assert app.sidebar.select_slider[0].value == 2
