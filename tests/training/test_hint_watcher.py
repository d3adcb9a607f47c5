"""Which hint is shown, and for how long; whole runs that bring one; records, and runs that are gone on with."""

from __future__ import annotations

import dataclasses
import json

import pytest
import torch

from cnnlab.runs import store
from cnnlab.training import hint_watcher
from cnnlab.training.config import TrainConfig
from cnnlab.training.hint_watcher import HOLDS, LETS_GO, HintWatcher, hint_of, possible, replayed
from cnnlab.training.loop import TrainingLoop
from cnnlab.training.trainer import DivergenceError, Trainer
from tests.support.prepared import prepared, stopped_after
from tests.training.test_hint_rules import DIGITS, GUESS, HEALTHY, PER_EPOCH, but
from tests.training.test_loop import Notebook

DEAD = but(GUESS, dead={"conv1": 1.0})
ROW = [{"kind": "flatten"}, {"kind": "linear", "units": 20}]
SMALL = [{"kind": "conv", "channels": 4, "stride": 4}, {"kind": "activation"}, *ROW, {"kind": "activation"}]
LINEAR = but(HEALTHY, affine=True)


def watched(*evaluations, **settings):
    """The name of the hint after each evaluation."""
    watcher = HintWatcher(TrainConfig(**settings), DIGITS, PER_EPOCH)
    names = []
    for each in evaluations:
        watcher.evaluated(each)
        names.append(watcher.hint and watcher.hint.name)
    return names


def test_a_rule_must_hold_for_a_while():
    assert watched(*[DEAD] * HOLDS) == [None] * (HOLDS - 1) + ["silenced"]
    assert set(watched(*[DEAD, HEALTHY] * 5)) == {None}, "one look is no finding"


def test_what_is_shown_stays_through_looks_at_which_it_does_not_hold():
    shown = watched(*[DEAD] * HOLDS, *[HEALTHY, DEAD] * 3, *[HEALTHY] * LETS_GO)
    assert set(shown[HOLDS - 1 : -1]) == {"silenced"} and shown[-1] is None


def test_an_earlier_rule_takes_the_place_of_a_later_one_at_once():
    both = but(DEAD, affine=True)
    assert watched(*[both] * HOLDS)[-1] == "silenced"
    assert watched(*[LINEAR] * HOLDS, *[both] * HOLDS)[HOLDS - 1 :] == ["linear"] * HOLDS + ["silenced"]


def test_a_later_rule_waits_until_the_shown_one_has_let_go():
    shown = watched(*[DEAD] * HOLDS, *[LINEAR] * (LETS_GO + 1))
    assert shown[HOLDS - 1 :] == ["silenced"] * LETS_GO + ["linear"] * 2


def test_a_run_that_ends_while_it_still_learns_says_so_at_its_last_epoch(small, config):
    loop = trained(config.replace(batch_size=200), small)
    before, now = loop.history.epochs[-2:]
    assert now.val_loss < 0.95 * before.val_loss
    assert (loop.hint.name, dict(loop.hint.change)) == ("still-learning", {"epochs": 4})


def test_its_words_stay_as_they_were_first_said():
    watcher = HintWatcher(TrainConfig(), DIGITS, PER_EPOCH)
    for step in range(400, 1200, 100):
        watcher.evaluated(but(DEAD, step=step, train_loss=2.3 + step / 1e5))
        if step == 500:
            first = watcher.hint
    assert watcher.hint is first and "step 500" in first.figures


def test_a_change_that_changes_nothing_or_cannot_be_made_is_not_offered():
    hint = hint_watcher.RULES[1](replay(but(GUESS, step=2, alike=("conv1",))))
    assert hint.change == {"weights": "random"}
    assert not possible(hint, TrainConfig()).change and not possible(hint, TrainConfig()).words
    assert possible(hint, TrainConfig(weights="zero")).change
    wrong = dataclasses.replace(hint, change={"options.nothing": 1})
    assert not possible(wrong, TrainConfig()).change and possible(wrong, TrainConfig()).seen == hint.seen


def replay(*evaluations):
    watcher = HintWatcher(TrainConfig(), DIGITS, PER_EPOCH)
    replayed(watcher, evaluations)
    return watcher._seen


def trained(config, split, steps=10**6) -> TrainingLoop:
    loop = TrainingLoop(Trainer(config, split, torch.device("cpu")), Notebook())
    loop.begin()
    while not loop.trainer.done and loop.trainer.step_count < steps:
        loop.advance()
    return loop


@pytest.mark.slow
def test_a0_at_rate_1_is_told_that_its_relus_are_silent(small, config):
    fast = config.replace(learning_rate=1.0, epochs=9, batch_size=32, eval_every=25)
    loop = trained(fast, small._replace(validation=small.validation.part(0, 100)), steps=150)
    assert loop.hint.sentence == (
        "2.30 = ln 10: guessing. The step at rate 1.0 silenced the ReLUs; start again at 0.01 or less."
    )
    assert loop.hint.change == {"learning_rate": 0.01}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "steps", "name"),
    [
        ({"weights": "zero"}, 5, "symmetric"),
        ({"pixels": "raw-255"}, 5, "loud-start"),
        ({"learning_rate": 10.0, "optimizer": "sgd"}, 5, "jumping"),
        ({"batch_size": 1_000}, 5, "large-batch"),
        (
            {"network": "custom", "options": {"layers": [{"kind": "flatten"}, {"kind": "linear", "units": 20}]}},
            5,
            "linear",
        ),
        ({}, 39, None),
    ],
)
def test_short_runs_with_a_fault_and_one_without(small, config, changes, steps, name):
    hint = trained(config.replace(**changes), small, steps).hint
    assert (hint and hint.name) == name
    if hint and changes.keys() <= {
        "weights",
        "pixels",
        "learning_rate",
        "optimizer",
        "batch_size",
        "options",
        "network",
    }:
        assert hint.change, "each has something to try"


def test_a_loss_that_is_no_number_is_said_at_once(small, config):
    loop = trained(config, small, steps=3)
    with torch.no_grad():
        loop.trainer.model.fc2.bias[0] = float("nan")
    with pytest.raises(DivergenceError):
        loop.advance()
    assert loop.hint.name == "not-a-number" and "since step 4" in loop.hint.seen


def test_a_run_that_was_interrupted_shows_what_an_uninterrupted_one_does(small, config, tmp_path):
    dead = config.replace(learning_rate=1.0, epochs=3, network="custom", options={"layers": SMALL})
    straight = trained(dead, small).hint
    run = prepared(dead, small, store.RunWriter(tmp_path, dead, small.train.classes, small.train.image_shape))
    writer = stopped_after(run, 33)
    found = store.open_run(writer.path)
    again = dataclasses.replace(run, state=store.load_state(found))
    loop = again.loop(Notebook())
    loop.begin()
    assert loop.hint == replay_of(found) and loop.hint is not None
    while not loop.trainer.done:
        loop.advance()
    assert loop.hint == straight


def replay_of(run: store.Run):
    said = run.record
    watcher = HintWatcher(run.config, said.classes, 20)
    return replayed(watcher, said.evaluations, [row for row in said.epochs if row.complete], said.events)


def test_a_runs_record_gives_its_hint_again(small, config, tmp_path):
    dead = config.replace(learning_rate=1.0, epochs=3, network="custom", options={"layers": SMALL})
    writer = store.RunWriter(tmp_path, dead, small.train.classes, small.train.image_shape)
    loop = TrainingLoop(Trainer(dead, small, torch.device("cpu")), writer)
    loop.begin()
    while not loop.trainer.done:
        loop.advance()
    loop.finish(stopped=False)
    said = store.open_run(writer.path).record
    assert loop.hint and said.evaluations == tuple(loop.history.evaluations)
    assert hint_of(said.config, said.classes, said.evaluations, said.epochs, said.events) == loop.hint


def test_a_record_from_before_there_were_hints_can_be_read(small, config, tmp_path):
    writer = store.RunWriter(tmp_path, config, small.train.classes, small.train.image_shape)
    loop = TrainingLoop(Trainer(config.replace(epochs=1), small, torch.device("cpu")), writer)
    loop.begin()
    while not loop.trainer.done:
        loop.advance()
    loop.finish(stopped=False)
    file = writer.path / "run.json"
    said = json.loads(file.read_text())
    for each in said["evaluations"]:
        for name in ("confidence", "favourite", "favourite_share", "dead", "alike", "affine"):
            del each[name]
    file.write_text(json.dumps(said))
    old = store.open_run(writer.path).record
    assert old.evaluations[1].confidence is None and old.evaluations[1].dead == {}
    assert hint_of(old.config, old.classes, old.evaluations, old.epochs) is None
    assert hint_of(old.config, old.classes, old.evaluations) is None, "no epoch tells how long one is"
