"""Several runs in one thread: each learns what it would learn alone, on the same images at the same time."""

from __future__ import annotations

import time

import pytest
import torch

from cnnlab import models
from cnnlab.errors import CnnlabError
from cnnlab.models import ImageSpec
from cnnlab.training import memory_needs
from cnnlab.training.config import TrainConfig
from cnnlab.training.races import entries
from cnnlab.training.runner import Runner
from tests.support.prepared import prepared
from tests.training.test_loop import Notebook
from tests.training.test_runner import plain_losses, until

WILD = {"learning_rate": 100, "optimizer": "sgd", "weight_decay": 1, "epochs": 3}  # each step: weights times -99


class Named(Notebook):
    """A notebook of a lane of this name, which knows whether it was closed."""

    def __init__(self, name):
        super().__init__()
        self.name, self.closed = name, False

    def close(self):
        self.closed = True


@pytest.fixture
def runner():
    runner = Runner()
    yield runner
    runner.stop()
    runner.wait(30)


@pytest.fixture
def short(config) -> TrainConfig:
    return config.replace(epochs=1, batch_size=200, eval_every=1_000, options={"channels": (2, 2), "hidden": 8})


def race(runner, configs, split, steps=None) -> list[Named]:
    notebooks = [Named(f"lane {number}") for number in range(len(configs))]
    runs = [prepared(config, split, notebook) for config, notebook in zip(configs, notebooks, strict=True)]
    runner.race(runs, steps)
    return notebooks


def steps(runner) -> list[int]:
    return [lane.step for lane in runner.lanes()]


@pytest.mark.slow
def test_each_lane_learns_to_the_last_bit_what_it_learns_alone(runner, short, small):
    configs = [short, short.replace(learning_rate=0.1), short.replace(optimizer="sgd", options={"dropout": 0.5})]
    expected = [plain_losses(config, small) for config in configs]
    notebooks = race(runner, configs, small, steps=2)
    until(lambda: runner.snapshot().state == "paused")
    runner.live_weights("lane 1")
    runner.resume()
    runner.wait(60)
    assert [lane.losses.tolist() for lane in runner.lanes()] == expected
    assert [lane.state for lane in runner.lanes()] == ["finished"] * 3
    assert [book.ended[0] for book in notebooks] == [lane.outcome for lane in runner.lanes()]
    assert all(book.closed for book in notebooks) and runner.snapshot().state == "finished"


def test_lanes_of_other_batch_sizes_are_shown_the_same_images(runner, short, small):
    configs = [short.replace(batch_size=size, epochs=2) for size in (100, 300, 50)]  # the second ends with 200
    race(runner, configs, small, steps=1)
    until(lambda: runner.snapshot().state == "paused")
    assert steps(runner) == [3, 1, 6]
    runner.step_batch()
    until(lambda: runner.snapshot().step == 6 and runner.snapshot().state == "paused")
    assert steps(runner) == [6, 2, 12]
    runner.step_epoch()
    until(lambda: runner.snapshot().step == 20 and runner.snapshot().state == "paused")
    assert steps(runner) == [20, 7, 40]
    assert [lane.train_images for lane in runner.lanes()] == [2_000] * 3


def test_a_lane_that_runs_away_says_so_and_the_others_go_on(runner, short, small):
    notebooks = race(runner, [short.replace(**WILD), short], small)
    runner.wait(60)
    away, healthy = runner.lanes()
    assert (away.state, healthy.state) == ("failed", "finished")
    assert "start again with a smaller learning rate" in away.error and healthy.error is None
    assert away.step < 30 and healthy.losses.tolist() == plain_losses(short, small)
    assert runner.snapshot().state == "finished" and runner.snapshot().run == "lane 1"
    assert notebooks[0].ended[0].state == "failed" and notebooks[0].closed


def test_a_race_of_which_no_lane_is_left_has_failed(runner, short, small):
    wild = short.replace(**WILD)
    race(runner, [wild, wild.replace(seed=1)], small)
    runner.wait(60)
    assert runner.snapshot().state == "failed" and "loss became" in runner.snapshot().error


def test_pause_holds_all_lanes_and_a_step_is_one_of_each(runner, short, small):
    long = short.replace(epochs=50)
    race(runner, [long, long.replace(seed=1)], small)
    until(lambda: runner.snapshot().step > 2)
    runner.pause()
    until(lambda: runner.snapshot().state == "paused")
    first = steps(runner)
    time.sleep(0.2)
    assert steps(runner) == first and first[0] == first[1]
    runner.step_batch()
    until(lambda: steps(runner) == [first[0] + 1] * 2 and runner.snapshot().state == "paused")


def test_stop_keeps_every_lane(runner, short, small):
    long = short.replace(epochs=500)
    notebooks = race(runner, [long, long.replace(seed=1)], small)
    until(lambda: runner.snapshot().step > 2)
    runner.stop()
    runner.wait(30)
    assert [lane.state for lane in runner.lanes()] == ["stopped"] * 2 == [book.ended[0].state for book in notebooks]
    assert [book.saved[-1][0].step for book in notebooks] == steps(runner)
    assert all(book.closed for book in notebooks)


def test_a_lane_that_has_less_to_do_ends_while_the_others_go_on(runner, short, small):
    race(runner, [short, short.replace(epochs=3)], small, steps=12)
    until(lambda: runner.snapshot().state == "paused")
    assert [(lane.state, lane.step) for lane in runner.lanes()] == [("finished", 10), ("paused", 12)]
    assert runner.snapshot().run == "lane 1" and runner.snapshot().active


def test_the_weights_that_are_watched_are_those_of_the_lane_asked_for(runner, short, small):
    race(runner, [short, short.replace(seed=1)], small, steps=1)
    until(lambda: runner.snapshot().state == "paused")
    until(lambda: runner.live_weights("lane 1") is not None)
    assert runner.live_weights().run == "lane 0" and runner.live_weights("no such lane").run == "lane 0"
    again = models.build("simple-cnn", ImageSpec(), seed=1, options=short.options).state_dict()
    untrained = runner.live_weights("lane 1").tensors
    assert all(torch.equal(untrained[name], value) for name, value in again.items())


def test_where_a_lane_cannot_be_opened_none_is_left_open(runner, short, small):
    first = Named("lane 0")

    def refused():
        raise CnnlabError("the disk is full")

    runs = [prepared(short, small, first), prepared(short, small)]
    object.__setattr__(runs[1], "open_recorder", refused)
    with pytest.raises(CnnlabError, match="the disk is full"):
        runner.race(runs)
    assert first.closed and runner.snapshot().state == "idle" and runner.lanes() == ()


def test_lanes_are_named_by_what_sets_them_apart():
    first = TrainConfig(recipe="a0-simple-cnn")
    others = [
        first.replace(learning_rate=1e-5),
        first.replace(optimizer="sgd", momentum=0.9),
        first.replace(network="lenet-5"),
        first.replace(options={"dropout": 0.9}),
        TrainConfig(recipe="gap", network="gap-cnn"),
        first.replace(seed=1, device="cpu"),
        first,
    ]
    assert [entry.words for entry in entries([first, *others])] == [
        "a0-simple-cnn", "learning rate 1e-05", "sgd, momentum 0.9", "lenet-5", "dropout 0.9", "gap", "seed 1",
        "the same",
    ]  # fmt: skip
    assert entries([]) == []


def test_the_memory_of_a_race_is_what_all_keep_and_the_largest_step():
    one = TrainConfig(network="simple-cnn", options={"channels": (1, 1), "hidden": 1}, batch_size=10, optimizer="sgd")
    # normalise 784, conv and ReLU 784 each, pool 196, conv and ReLU 196 each, pool 49, flatten 49, then 1, 1, 1, 10
    outputs = 3 * 784 + 196 + 2 * 196 + 2 * 49 + 13
    weights = (25 + 1) + (25 + 1) + (49 + 1) + (10 + 10)
    assert memory_needs.needed([one], ImageSpec()) == weights * 4 * 4 + 2 * outputs * 10 * 4
    larger = one.replace(batch_size=20, ema=0.9)
    assert memory_needs.needed([one, larger], ImageSpec()) == weights * 4 * (4 + 5) + 2 * outputs * 20 * 4


@pytest.mark.parametrize("network", [each.name for each in models.specs()])
def test_the_memory_of_every_network_can_be_told(network):
    assert memory_needs.needed([TrainConfig(network=network)], ImageSpec()) > 1e6
