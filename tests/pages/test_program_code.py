"""The code on the training and the architectures page: written when asked for, and that of what the page shows."""

from __future__ import annotations

import ast

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.common import paths
from cnnlab.runs.export.script.whole_script import recipe_script
from cnnlab.training.recipes import RECIPES
from cnnlab.ui.components import program_code

pytestmark = pytest.mark.usefixtures("through_app")


@pytest.fixture
def opened(trained, tmp_path, monkeypatch):
    """How a page is opened with its code unfolded."""
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    monkeypatch.setenv("CNNLAB_NETWORKS", str(tmp_path / "networks"))

    def open_page(page: str, key: str, **state: object) -> AppTest:
        app = AppTest.from_file(str(paths.LAB / "dashboard.py"), default_timeout=60)
        for name, value in {key: True, **state}.items():
            app.session_state[name] = value
        app = app.run()
        app = app if page == "train" else app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
        return app

    return open_page


def programs(app: AppTest) -> list[str]:
    return [each.value for each in app.main.code if "torchvision" in each.value]


def test_the_training_page_writes_the_settings_that_stand_there(opened):
    app = opened("train", "train_code")
    first = RECIPES["a0-simple-cnn"]
    assert programs(app) == [recipe_script(first).python.rstrip("\n")] or programs(app) == [recipe_script(first).python]
    app.number_input(key="train_epochs").set_value(7).run()
    assert "EPOCHS = 7\n" in programs(app)[0]


def test_nothing_is_written_before_it_is_asked_for(opened, monkeypatch):
    def refuse(script):
        raise AssertionError

    monkeypatch.setattr(program_code.messages, "problem", refuse)
    assert not programs(opened("train", "train_other")) and not programs(opened("architectures", "architectures_other"))


def test_every_network_of_the_architectures_page_has_its_program(opened):
    app = opened("architectures", "architectures_one_code")
    for name in ("lenet-5", "resnet-50", "polyphase-cnn"):
        app.selectbox(key="architectures_one").set_value(name).run()
        assert not app.exception and not app.error
        classes = [node.name for node in ast.walk(ast.parse(programs(app)[0])) if isinstance(node, ast.ClassDef)]
        assert {"lenet-5": "LeNet5", "resnet-50": "ResNet50", "polyphase-cnn": "PolyphaseCNN"}[name] in classes


def test_a_network_that_is_being_built_has_one_too(opened):
    app = opened("architectures", "architectures_built_code", architectures_view="Build your own")
    assert "class Custom(nn.Module)" in programs(app)[0]


def test_what_cannot_be_written_is_a_sentence(opened, colours, monkeypatch):
    monkeypatch.setenv("CNNLAB_DATA", str(colours[1]))
    draft = RECIPES["a0-simple-cnn"].config.replace(dataset="folder:colours")
    app = opened("train", "train_code", draft_config=draft)
    assert not programs(app) and any("dataset is 'folder:colours'" in each.value for each in app.error)
