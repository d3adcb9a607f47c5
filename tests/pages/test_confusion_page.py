"""The confusion page where the data is unusual: A3's halves, drawings, one image, a network that ran away."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnlab import models
from cnnlab.data.drawing import classroom_set
from cnnlab.runs.store import RunWriter
from cnnlab.training.config import TrainConfig
from cnnlab.training.results import EpochResult
from cnnlab.ui.cache import loaders

ROOT = Path(__file__).parents[2]
VIEWS = ("Confusion", "Report", "Gallery", "Certainty", "Map of points")
ONE_QUICKLY = [VIEWS[0], *(pytest.param(view, marks=pytest.mark.slow) for view in VIEWS[1:])]


def write_run(root: Path, spoil: float | None = None, **settings) -> None:
    """A run whose one epoch holds untrained weights, or nothing but `spoil`, of a network narrow enough to be quick."""
    config = TrainConfig(device="cpu", options={"channels": (2, 4)}, **settings)
    writer = RunWriter(root, config, tuple("0123456789"), (1, 28, 28))
    weights = dict(models.build("simple-cnn", seed=1, options=config.options).state_dict())
    if spoil is not None:
        learned = [name for name in weights if not name.startswith("normalize")]
        weights |= {name: torch.full_like(weights[name], spoil) for name in learned}
    row = dict.fromkeys(("train_loss", "train_accuracy", "val_loss", "val_accuracy"))
    writer.save_epoch(weights, [EpochResult(epoch=1, step=1, complete=True, learning_rate=1e-3, seconds=1.0, **row)])


def opened(view: str = VIEWS[0], run: str | None = None) -> AppTest:
    """The page showing one of its views, of a run."""
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    if run:
        app.session_state["shared_run"] = run
    app.session_state["confusion_view"] = view
    app.run()
    return app.switch_page("pages/confusion.py").run()


def words(app: AppTest) -> str:
    """All that is written on the page outside charts."""
    elements = (*app.main.markdown, *app.main.subheader, *app.main.info, *app.main.warning, *app.main.caption)
    return "\n".join(str(element.value) for element in elements)


@pytest.mark.slow
def test_a_run_of_halves_is_evaluated_on_its_own_half_unless_told_otherwise(tmp_path, monkeypatch):
    write_run(tmp_path, split="test-halves")
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    app = opened()
    assert "the run's own test half: test images 5,000 to 9,999" in words(app)
    app.sidebar.selectbox(key="confusion_set").set_value("whole test set").run()
    assert not app.exception and "on all 10,000 test images" in words(app)


def test_plotly_is_imported_only_when_it_is_needed():
    for file in (*ROOT.glob("cnnlab/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py", ROOT / "dashboard.py"):
        at_once = [each for each in ast.parse(file.read_text()).body if isinstance(each, (ast.Import, ast.ImportFrom))]
        named = " ".join(ast.unparse(each) for each in at_once)
        needs_it = re.search(r"plotly|charts\.point_cloud|charts import.*point_cloud", named) is not None
        assert needs_it == file.match("charts/point_cloud.py"), file


@pytest.mark.slow
@pytest.mark.parametrize("labels", [[7], [7, 7, 3]])
def test_drawings_down_to_one_in_space(tmp_path, monkeypatch, mnist, labels):
    write_run(tmp_path)
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("CNNLAB_CLASS_SET", str(tmp_path / "drawings.npz"))
    for place, label in enumerate(labels):
        classroom_set.add(mnist[1].images[place, 0].numpy(), label, "anna", tmp_path / "drawings.npz")
    app = opened("Map of points")
    for number in (len(mnist[1]), len(labels)):
        app.segmented_control(key="confusion_map_method").set_value("PCA in 3-D").run()
        assert not app.exception and len(app.get("plotly_chart")) == 1
        assert "These three directions hold" in words(app)
        assert ("3,000 of the 10,000 images" in words(app)) is (number > 3_000)
        app.sidebar.selectbox(key="confusion_set").set_value("class drawings").run()


@pytest.mark.parametrize("view", ONE_QUICKLY)
@pytest.mark.parametrize("labels", [[7], [7, 7, 3]])
def test_the_classes_drawings_down_to_one(tmp_path, monkeypatch, mnist, view, labels):
    write_run(tmp_path)
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("CNNLAB_CLASS_SET", str(tmp_path / "drawings.npz"))
    for label in labels:
        image = mnist[1].images[int(np.flatnonzero(mnist[1].labels.numpy() == label)[0]), 0].numpy()
        classroom_set.add(image, label, "anna", tmp_path / "drawings.npz")
    app = opened(view)
    app.sidebar.selectbox(key="confusion_set").set_value("class drawings").run()
    assert not app.exception and not app.error
    text = words(app)
    assert ("the one drawing" if len(labels) == 1 else "all 3 drawings") in text
    assert "nan" not in text.lower()


@pytest.mark.parametrize("view", ONE_QUICKLY)
def test_a_network_that_ran_away_is_a_sentence(tmp_path, monkeypatch, view):
    write_run(tmp_path, spoil=float("nan"))
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    app = opened(view)
    assert not app.exception
    assert "no longer numbers" in words(app)


@pytest.mark.parametrize("view", ONE_QUICKLY)
def test_a_network_that_always_answers_the_same(tmp_path, monkeypatch, view):
    write_run(tmp_path, spoil=0.0)
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    app = opened(view)
    assert not app.exception and not app.error
    assert "nan" not in words(app).lower()
    if view == "Report":
        assert "never answered 1, 2, 3, 4, 5, 6, 7, 8 or 9" in words(app)


def test_only_two_files_ask_for_data_and_they_draw_nothing():
    for file in (ROOT / "cnnlab/ui/confusion").glob("*.py"):
        tree = ast.parse(file.read_text())
        imported = {
            f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        asks = {name for name in imported if re.search(r"ui\.cache|chosen_network|datasets", name)}
        if file.stem in ("gather", "films_of"):
            used = {
                node.attr
                for node in ast.walk(tree)
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "st"
            }
            assert asks and used <= {"session_state"}
        elif file.stem != "body":
            assert not asks, file


@pytest.mark.slow
def test_the_data_and_each_network_are_asked_for_once(tmp_path, monkeypatch, trained):
    shutil.copytree(trained[0] / "small", tmp_path / "small")
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    app = opened()
    app.selectbox(key="confusion_compared_run").set_value("small").run()
    asked = []
    for name in ("own_data", "read_checkpoint"):
        plain = getattr(loaders, name)
        monkeypatch.setattr(loaders, name, lambda *args, n=name, f=plain: asked.append((n, args[-1])) or f(*args))
    app.run()
    assert not app.exception and "Against epoch 0" in words(app)
    networks = [epoch for name, epoch in asked if name == "read_checkpoint"]
    assert networks == [2, 0] and [name for name, _ in asked].count("own_data") == 1


@pytest.mark.parametrize(("spoil", "said"), [(True, "is damaged"), (False, "no longer numbers")])
def test_a_network_that_cannot_be_compared_with_is_a_sentence_and_another_can_be_chosen(
    tmp_path, monkeypatch, trained, spoil, said
):
    write_run(tmp_path, recipe="other", spoil=float("nan"))
    shutil.copytree(trained[0] / "small", tmp_path / "small")
    if spoil:
        (file,) = (tmp_path / "other").glob("*.safetensors")
        file.write_bytes(file.read_bytes()[:5000])
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    app = opened(run="small")
    app.selectbox(key="confusion_compared_run").set_value("other").run()
    assert not app.exception
    assert said in (app.error if spoil else app.warning)[-1].value and not app.get("arrow_vega_lite_chart")
    app.selectbox(key="confusion_compared_run").set_value("nothing").run()
    assert not app.error and not app.main.warning and "Biggest mistake" in words(app)
