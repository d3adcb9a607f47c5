"""The lanes of a race are prepared together or refused together, and are ordinary runs afterwards."""

from __future__ import annotations

import psutil
import pytest

from cnnlab.data.splits import split
from cnnlab.errors import CnnlabError
from cnnlab.runs import launch, race_launch, store
from cnnlab.training.config import TrainConfig
from cnnlab.training.races import Entry, entries
from cnnlab.training.runner import Runner

FAST = TrainConfig(
    recipe="a0-simple-cnn", epochs=1, batch_size=1_000, eval_images=100, options={"channels": (1, 1), "hidden": 4}
)


@pytest.fixture
def few_images(monkeypatch):
    monkeypatch.setattr(launch, "split", lambda name, train, test: split(name, train.part(0, 9_000), test.part(0, 500)))


def test_every_lane_is_a_run_that_says_which_race_it_was_in(tmp_path, few_images):
    runner = Runner()
    runner.race(race_launch.prepare(entries([FAST, FAST.replace(learning_rate=0.1)]), "Two rates", tmp_path))
    runner.wait(60)
    first, second = sorted(store.list_runs(tmp_path)[0], key=lambda run: run.name)
    assert first.record.lane.race == second.record.lane.race and first.record.lane.race.startswith("Two rates · 20")
    assert {run.record.lane.words for run in (first, second)} == {"a0-simple-cnn", "learning rate 0.1"}
    assert all(run.outcome.state == "finished" for run in (first, second))
    assert {lane.lane.words for lane in runner.lanes()} == {"a0-simple-cnn", "learning rate 0.1"}


def test_a_lane_that_was_stopped_stays_in_its_race_when_gone_on_with(tmp_path, few_images):
    runner = Runner()
    runner.race(race_launch.prepare(entries([FAST, FAST.replace(seed=1)]), "Seeds", tmp_path), steps=2)
    runner.stop()
    runner.wait(60)
    stopped = store.list_runs(tmp_path)[0][0]
    again = launch.resume(stopped)
    assert again.lane == stopped.record.lane and again.lane.race.startswith("Seeds · ")
    again.open_recorder().close()
    assert store.open_run(stopped.path).record.lane == stopped.record.lane


@pytest.mark.parametrize(
    ("configs", "sentence"),
    [
        ([FAST], "The race has 1 lane"),
        ([FAST] * 7, "The race has 7 lanes: it needs 2 to 6"),
        (
            [FAST, FAST.replace(dataset="fashion-mnist")],
            "learns fashion-mnist, lane 1 mnist: .* one data set",
        ),
        ([FAST, FAST.replace(device="cpu")], "trains on cpu, lane 1 on auto"),
    ],
)
def test_lanes_that_cannot_be_compared_are_refused_before_anything_starts(tmp_path, configs, sentence):
    with pytest.raises(CnnlabError, match=sentence):
        race_launch.prepare([Entry(config, "a lane") for config in configs], "No", tmp_path)
    assert not list(tmp_path.iterdir())


def test_lanes_that_would_not_fit_into_memory_are_refused_with_both_figures(tmp_path, few_images, monkeypatch):
    free = psutil.virtual_memory()._replace(available=300_000_000)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    big = FAST.replace(options={"channels": (64, 64), "hidden": 4_096})
    with pytest.raises(CnnlabError, match=r"These 3 lanes need about 2\.\d GB, but 0\.3 GB are free: choose fewer"):
        race_launch.prepare(entries([big, big.replace(seed=1), big.replace(seed=2)]), "Too big", tmp_path)
    assert not list(tmp_path.iterdir())
