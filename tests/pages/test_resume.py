"""An interrupted run is gone on with by one click on the training page."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from cnnlab.common import paths
from cnnlab.runs import launch, store
from cnnlab.training.config import TrainConfig
from cnnlab.ui.cache import loaders
from tests.support.prepared import stopped_after

LAYERS = [{"kind": "conv", "channels": 2, "kernel": 7, "stride": 4}, {"kind": "flatten"}]


def test_one_click_goes_on_with_the_chosen_run(tmp_path, monkeypatch, through_app):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    config = TrainConfig(network="custom", options={"layers": LAYERS}, epochs=2, batch_size=10_000, device="cpu")
    recorder = stopped_after(launch.prepare(config, tmp_path), 8)

    app = AppTest.from_file(str(paths.LAB / "dashboard.py"), default_timeout=60).run()
    app.button(key=f"train_control_Resume {recorder.name}").click().run()
    assert not app.exception and not app.error
    loaders.runner().wait(60)
    run = store.open_run(recorder.path)
    assert run.outcome.state == "finished" and run.epochs == (0, 1, 2)
    app.run()
    assert not app.exception
    assert "train_control_Pause" in {button.key for button in app.button}, "there is nothing left to go on with"
