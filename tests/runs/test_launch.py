"""One call collects all that a run needs, and refuses what cannot be before anything is written."""

from __future__ import annotations

import pytest
import torch

from cnnlab.data.spoiling import spoiled
from cnnlab.errors import CnnlabError
from cnnlab.runs import launch
from cnnlab.training.trainer import Trainer


@pytest.fixture
def asked(small, monkeypatch):
    """The data sets that are asked for, one name a time."""
    names = []
    monkeypatch.setattr(launch.datasets, "load", lambda name, _: names.append(name) or (small.train, small.test))
    monkeypatch.setattr(launch, "split", lambda *_: small)
    return names


def test_it_asks_for_the_data_once_and_writes_nothing_before_the_run_begins(asked, small, config, tmp_path):
    run = launch.prepare(config.replace(recipe="mine"), tmp_path)
    assert asked == ["mnist"] and run.split is small and run.device == torch.device("cpu")
    assert not list(tmp_path.iterdir())
    recorder = run.open_recorder()
    assert recorder.name == "mine" and [folder.name for folder in tmp_path.iterdir()] == ["mine"]


def test_its_trainer_is_that_of_the_settings(asked, small, config, tmp_path):
    ours, plain = launch.prepare(config, tmp_path).trainer(), Trainer(config, small, torch.device("cpu"))
    for trainer in (ours, plain):
        for _ in range(3):
            trainer.step()
    assert ours.read_steps(force=True) == plain.read_steps(force=True)


def test_only_what_it_learns_from_has_the_faults(asked, small, config, tmp_path):
    faults = {"train_images": 200, "wrong_labels": 0.25, "test_leak": True, "seed": 5}
    run = launch.prepare(config.replace(**faults), tmp_path)
    expected = spoiled(small, train_images=200, wrong_labels=0.25, test_leak=True, seed=5)
    assert len(run.split.train) == 1_200
    assert torch.equal(run.split.train.images, expected.train.images)
    assert torch.equal(run.split.train.labels, expected.train.labels)
    assert run.split.validation is small.validation and run.split.test is small.test


def test_more_images_than_there_are_is_refused_before_anything_is_written(asked, config, tmp_path):
    with pytest.raises(CnnlabError, match="train_images is 2,001, but there are 2,000"):
        launch.prepare(config.replace(train_images=2_001), tmp_path)
    assert not list(tmp_path.iterdir())


def test_earlier_runs_come_with_it(asked, small, config, tmp_path, trained, monkeypatch):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    run = launch.prepare(config.replace(start_from="small", teacher="small@1"), tmp_path)
    assert run.sources.start.reference == "small" and run.sources.teacher is not None
    assert torch.equal(run.trainer().model.conv1.weight, trained[1].trainer.model.conv1.weight)


def test_a_device_this_machine_lacks_is_refused_before_the_data_are_loaded(asked, config, tmp_path):
    lacking = next(
        name for name in ("mps", "cuda") if not (torch.backends.mps if name == "mps" else torch.cuda).is_available()
    )
    with pytest.raises(CnnlabError, match=f"device is '{lacking}', but this machine has only"):
        launch.prepare(config.replace(device=lacking), tmp_path)
    assert not asked and not list(tmp_path.iterdir())
