"""What the pages show of a training that another process writes, and what they offer there."""

from __future__ import annotations

import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnlab.classroom.roles import Role
from cnnlab.common import paths
from cnnlab.runs import stop_request
from cnnlab.runs.store import RunWriter, open_run
from cnnlab.training.loop import TrainingLoop
from cnnlab.training.trainer import Trainer
from cnnlab.ui.state import visitor
from cnnlab.ui.state.chosen_network import LIVE

pytestmark = pytest.mark.usefixtures("through_app")


@pytest.fixture
def going(config, small, tmp_path, monkeypatch) -> TrainingLoop:
    """A run under way in the folder of runs, whose one runner is idle."""
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    for room in ("elsewhere", "run_elsewhere"):
        monkeypatch.setattr(f"cnnlab.runs.{room}.LOOK_SECONDS", 0.0)
    writer = RunWriter(tmp_path, config, small.train.classes, small.train.image_shape, "far-away")
    loop = TrainingLoop(Trainer(config, small, torch.device("cpu")), writer)
    loop.begin()
    loop.advance()
    yield loop
    writer.close()


def opened(page: str = "train") -> AppTest:
    app = AppTest.from_file(str(paths.LAB / "dashboard.py"), default_timeout=60).run()
    assert not app.exception
    if page != "train":
        app.switch_page(f"pages/{page}.py").run()
    assert not app.exception and not app.error
    return app


def controls(app: AppTest) -> dict[str, bool]:
    """The buttons of the transport, and whether they can be pressed."""
    start = "train_control_"
    return {each.key.removeprefix(start): not each.disabled for each in app.button if each.key.startswith(start)}


def said(app: AppTest) -> str:
    texts = [each.value for kind in ("markdown", "caption", "subheader", "error") for each in app.get(kind)]
    return " ".join([*texts, *(each.proto.body for each in app.get("html"))])


def test_the_training_page_shows_it_and_offers_stop_and_a_run_of_ones_own(going):
    app = opened()
    assert "**far-away** is trained by another process." in said(app)
    assert "running · step 1 of 40" in said(app) and "another process" in said(app)
    assert controls(app) == {"Start": True, "Stop": True}
    assert "train_pace" not in {each.key for each in app.selectbox}
    app.button(key="train_unfold").click().run()
    assert not app.number_input(key="train_epochs").disabled, "the settings are those of the next run"

    app.button(key="train_control_Stop").click().run()
    assert stop_request.is_asked(going.recorder.path) and going.recorder.stop_asked()
    assert controls(app) == {"Start": True, "Stop": False} and "stopping · step 1 of 40" in said(app)
    going.finish(stopped=True)
    going.recorder.close()
    app.run()
    assert "Stopped after" in said(app) and controls(app)["Start"] and "Pause" not in controls(app)
    assert "Resume far-away" in controls(app), "what has ended is what the pages show"
    assert app.sidebar.selectbox(key="shared_run").value == "far-away"


def test_a_process_that_is_gone_is_a_sentence_and_resume_goes_on(going):
    app = opened()
    going.recorder._owner._lock.release(force=True)
    app.run()
    sentence = "The process that trained far-away is gone; Resume goes on with far-away."
    assert [each.value for each in app.error] == [sentence]
    assert controls(app)["Resume far-away"]


def test_it_is_followed_epoch_by_epoch(going):
    app = opened("kernels")
    assert "far-away** running · step 1 of 40" in said(app)
    app.sidebar.toggle(key=LIVE).set_value(True).run()
    assert app.sidebar.selectbox(key="shared_followed_run").value == "far-away, as it learns"
    while not going.trainer.at_epoch_end:
        going.advance()
    app.run()
    assert not app.exception and "after epoch 1" in said(app)
    going.finish(stopped=True)
    going.recorder.close()
    app.run()
    assert app.sidebar.selectbox(key="shared_run").value == "far-away"


def test_spectators_do_not_stop_it(going, monkeypatch):
    monkeypatch.setattr(visitor, "role", lambda: Role.SPECTATOR)
    app = opened()
    assert controls(app) == {"Start": False, "Stop": False} and "running · step 1 of 40" in said(app)


def test_a_stop_that_cannot_be_asked_for_is_a_sentence(going, monkeypatch):
    app = opened()
    monkeypatch.setattr(stop_request, "NAME", "nowhere/.stop")
    app.button(key="train_control_Stop").click().run()
    assert "far-away could not be asked to stop" in app.error[0].value and open_run(going.recorder.path)
