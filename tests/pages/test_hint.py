"""The hint on the training page, whose place tests/browser sees: its words, and how its button changes the next run."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import pytest

from cnnlab.training.config import TrainConfig
from cnnlab.training.fault_rules import silenced
from cnnlab.training.hint_watcher import hint_of
from cnnlab.training.results import EpochResult, Evaluation
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui.cache import loaders
from cnnlab.ui.state.draft_config import DRAFT
from cnnlab.ui.train import hint as drawing
from tests.pages.test_every_page import open_page
from tests.training.test_hint_rules import DIGITS, GUESS, HEALTHY, but, seen

pytestmark = pytest.mark.usefixtures("through_app")
CONFIG = TrainConfig(recipe="a0-simple-cnn", learning_rate=1.0)
HINT = silenced(seen(but(GUESS, dead={"conv1": 1.0}), learning_rate=1.0))
SENTENCE = "2.30 = ln 10: guessing. The step at rate 1.0 silenced the ReLUs;</b> start again at 0.01 or less."


def snapshot(state: str, hint=HINT) -> Snapshot:
    row = EpochResult(0, 0, True, 1.0, None, None, 2.3, 0.1, 0.0)
    return Snapshot(
        state=state, run="a0", config=CONFIG, classes=DIGITS, step=400, total_steps=2580, steps_per_epoch=860,
        learning_rate=1.0, evaluations=(Evaluation(0, None, None, 2.31, 0.1), GUESS), epochs=(row,), hint=hint,
    )  # fmt: skip


@pytest.fixture
def shown(trained, monkeypatch):
    """Opens the training page on a run with a given snapshot."""
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    runner = loaders.runner()

    def open_on(now: Snapshot):
        monkeypatch.setattr(runner, "snapshot", lambda: now)
        monkeypatch.setattr(runner, "lanes", lambda: (now,))
        return open_page("train.py")

    return open_on


def test_it_is_one_sentence_with_its_figures(shown):
    page = shown(snapshot("running"))
    assert not page.exception
    bodies = [each.proto.body for each in page.main.get("html") if 'class="hint"' in each.proto.body]
    assert len(bodies) == 1 and SENTENCE in bodies[0] and "conv1 100%" in bodies[0]


def test_nothing_is_drawn_of_a_run_that_gives_no_cause(shown):
    page = shown(snapshot("running", hint=None))
    assert not page.exception and "train_hint_take" not in {each.key for each in page.button}


def test_while_a_run_goes_the_button_changes_the_next_one_alone(shown):
    page = shown(snapshot("running"))
    page.session_state[DRAFT] = CONFIG
    page.run()
    page.button(key="train_hint_take").click().run()
    assert not page.exception and not page.error
    assert page.session_state[DRAFT] == CONFIG.replace(learning_rate=0.01)
    button = page.button(key="train_hint_take")
    assert button.disabled and button.label == "The next run has learning rate 0.01"


def test_after_the_run_the_form_shows_what_was_taken(shown):
    page = shown(snapshot("stopped"))
    assert page.button(key="train_hint_take").label == "Use learning rate 0.01 in the next run"
    page.button(key="train_hint_take").click().run()
    page.run()
    assert not page.exception
    assert page.number_input(key="train_learning_rate").value == 0.01
    assert page.session_state[DRAFT].learning_rate == 0.01


def test_advice_that_the_other_settings_do_not_allow_is_a_sentence(shown):
    page = shown(snapshot("stopped", hint=dataclasses.replace(HINT, change={"options.dropuot": 0.1})))
    page.button(key="train_hint_take").click().run()
    assert not page.exception and any("dropuot" in each.value for each in page.error)


def test_a_run_on_disk_has_the_hint_of_its_record(trained, monkeypatch):
    run = SimpleNamespace(config=CONFIG, record=SimpleNamespace(classes=DIGITS, events=(), **_measured()))
    monkeypatch.setattr(drawing, "choice", lambda: SimpleNamespace(run=run))
    assert drawing.of_chosen_run().name == "silenced"
    fine = [EpochResult(number, 860 * number, True, 1e-3, 0.3, 0.9, 0.3 / number, 0.9, 9.0) for number in (1, 2, 3)]
    run.record = SimpleNamespace(classes=DIGITS, events=(), evaluations=(HEALTHY,), epochs=fine)
    assert hint_of(CONFIG, DIGITS, [HEALTHY], fine).name == "still-learning"
    assert drawing.of_chosen_run() is None, "advice would push the curves down"
    monkeypatch.setattr(drawing, "choice", lambda: SimpleNamespace(run=None))
    assert drawing.of_chosen_run() is None


def _measured() -> dict:
    dead = [but(GUESS, step=step, dead={"conv1": 1.0}) for step in (400, 500, 860)]
    whole = EpochResult(1, 860, True, 1.0, 2.3, 0.1, 2.3, 0.1, 9.0)
    return {"evaluations": (Evaluation(0, None, None, 2.31, 0.1), *dead), "epochs": (whole,)}
