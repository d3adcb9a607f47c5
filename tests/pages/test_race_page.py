"""The race on the training page, through AppTest, and its words against ways of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.common import paths
from cnnlab.data.splits import split
from cnnlab.runs import launch, store
from cnnlab.training.config import TrainConfig
from cnnlab.training.races import Entry, entries
from cnnlab.training.results import DIVERGED, Evaluation, Event, LaneMark, Outcome
from cnnlab.training.runner import Runner
from cnnlab.training.sabotages import SABOTAGES
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui.cache import loaders
from cnnlab.ui.components.run_curves import of_snapshot
from cnnlab.ui.state.chosen_network import LANE, LIVE
from cnnlab.ui.train.race import finish, line_up, race_view, standings
from cnnlab.ui.train.race.start_mode import BREAK, MODE, RACE
from tests.training.test_runner import until

pytestmark = pytest.mark.slow

SMALL = TrainConfig(
    recipe="a0-simple-cnn", epochs=1, batch_size=1_000, eval_images=100, options={"channels": (1, 1), "hidden": 4}
)


def evaluation(step, val_accuracy=None, train_accuracy=None, train_loss=None, pinned=None) -> Evaluation:
    return Evaluation(step, train_loss, train_accuracy, None, val_accuracy, pinned)


def lane(words, *evaluations, state="running", **more) -> Snapshot:
    return Snapshot(
        state=state, run=words, config=SMALL, classes=tuple("0123456789"), step=10, total_steps=20,
        evaluations=evaluations, lane=LaneMark("A race · now", words), **more,
    )  # fmt: skip


def outcome(state, accuracy=None, seconds=10.0) -> Outcome:
    return Outcome(state, 1, seconds, 100.0, test_images=1_000, test_accuracy=accuracy)


def test_the_newest_values_stand_large_and_the_best_leads():
    lanes = [
        lane("slow", evaluation(0, 0.1), evaluation(5, 0.5, train_loss=1.5), evaluation(10, train_loss=1.25)),
        lane("fast", evaluation(0, 0.1), evaluation(10, 0.9, train_loss=0.5)),
        lane("away", evaluation(5, 0.95, train_loss=np.inf), state="failed"),
    ]
    found = standings.standings(lanes)
    assert [(each.accuracy, each.loss) for each in found] == [(0.5, 1.25), (0.9, 0.5), (0.95, np.inf)]
    assert [each.note for each in found] == ["", "leads", "failed"]


def test_where_nothing_validates_training_decides_and_level_lanes_lead_neither():
    first, second = (lane(name, evaluation(10, None, 0.8, loss)) for name, loss in (("a", 0.4), ("b", 0.3)))
    assert [each.note for each in standings.standings([first, second])] == ["", "leads"]
    assert [each.note for each in standings.standings([first, replace(first, run="c")])] == ["", ""]
    unbegun = [replace(first, step=0), replace(second, step=0)]
    assert [each.note for each in standings.standings(unbegun)] == ["", ""]


def test_what_came_out_is_said_with_figures_once_all_have_ended():
    ended = [
        lane("Adam", state="finished", outcome=outcome("finished", 0.987), seconds=20.0),
        lane("SGD", state="finished", outcome=outcome("finished", 0.91), seconds=25.0),
        lane("rate 10", state="failed", outcome=outcome("failed"), seconds=5.0, events=(Event(10, DIVERGED),)),
    ]
    said = "**Adam** came first with 98.70% of the test images right, **SGD** last with 91.00%, **rate 10** ran away"
    assert finish.sentence(ended) == f"{said}; 50 s for all 3."
    assert finish.sentence([*ended, lane("late")]) == ""
    assert [each.note for each in standings.standings(ended)] == ["wins · 10 s", "tested · 10 s", "ran away at step 10"]


def test_lanes_of_one_batch_size_stand_over_steps_of_others_over_images():
    one = of_snapshot(lane("a", evaluation(0, 0.1), evaluation(10, 0.9)))
    across, curves = race_view._over_one_axis([one, one], [64, 64], None)
    assert across == "step" and curves[1].val_accuracies.sample.x.tolist() == [0, 10]
    across, curves = race_view._over_one_axis([one, one], [64, 256], (one, 64))
    assert across == "images shown" and [each.number for each in curves] == [None, 0, 1]
    assert curves[1].val_accuracies.sample.x.tolist() == [0, 640] and curves[2].val_accuracies.sample.x[-1] == 2_560


@pytest.fixture
def page(trained, tmp_path, monkeypatch, through_app):
    """The training page over an empty folder, with a runner of its own and few images."""
    runner = Runner()
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    monkeypatch.setattr(loaders, "runner", lambda: runner)
    monkeypatch.setattr(launch, "split", lambda name, train, test: split(name, train.part(0, 9_000), test.part(0, 500)))
    app = AppTest.from_file(str(paths.LAB / "dashboard.py"), default_timeout=60)
    app.session_state["draft_config"] = SMALL
    yield app.run().switch_page("pages/train.py").run(), runner
    runner.stop()
    runner.wait(30)


def in_mode(app, mode):
    app.button_group(key=MODE).set_value(mode).run()
    assert not app.exception
    return app


def words(app) -> list[str]:
    return [entry.words for entry in app.session_state[line_up.LINE_UP].entries]


def test_lanes_are_added_taken_out_and_started(page, tmp_path):
    app, runner = page
    in_mode(app, RACE)
    assert app.button(key="train_control_Start").disabled
    app.button(key="train_add_lane").click().run()
    assert app.button(key="train_control_Start").disabled
    for rate in (0.1, 0.2):
        app.number_input(key="train_learning_rate").set_value(rate).run()
        app.button(key="train_add_lane").click().run()
    assert words(app) == ["a0-simple-cnn", "learning rate 0.1", "learning rate 0.2"]
    app.button(key="train_lane_1").click().run()
    assert words(app) == ["a0-simple-cnn", "learning rate 0.2"]
    app.button(key="train_control_Start").click().run()
    runner.wait(60)
    app.run()
    assert not app.exception and not app.error
    assert any("came first with" in each.value for each in app.markdown)
    known = {run.record.lane.words: run for run in store.list_runs(tmp_path)[0]}
    assert set(known) == {"a0-simple-cnn", "learning rate 0.2"}
    assert known["learning rate 0.2"].config.learning_rate == 0.2
    app.switch_page("pages/runs.py").run()
    race = known["a0-simple-cnn"].record.lane.race
    app.selectbox(key="runs_race").set_value(race).run()
    assert not app.exception and sorted(app.main.dataframe[0].value["lane"]) == sorted(known)
    assert any("They differ in 1 setting: learning rate." in each.value for each in app.subheader)


def test_a_ready_race_is_lined_up_by_its_name(page):
    app, _ = page
    in_mode(app, RACE)
    app.selectbox(key=line_up.READY).set_value("optimisers").run()
    assert len(words(app)) >= 2 and not app.button(key="train_control_Start").disabled
    app.button(key="train_clear_lanes").click().run()
    assert words(app) == [] and app.selectbox(key=line_up.READY).value == ""


def test_what_is_broken_on_purpose_runs_beside_the_healthy_run_or_its_curve(page, monkeypatch, tmp_path):
    app, runner = page
    name, ready = next(iter(SABOTAGES.items()))
    quick = replace(ready, entries=tuple(entries([SMALL, SMALL.replace(learning_rate=0.5)])))
    monkeypatch.setitem(SABOTAGES, name, quick)
    in_mode(app, BREAK).button(key=f"train_break_{name}").click().run()
    runner.wait(60)
    assert len(runner.lanes()) == 2
    app.run()
    in_mode(app, BREAK).button(key=f"train_break_{name}").click().run()
    runner.wait(60)
    app.run()
    assert not app.exception and not app.error
    assert [lane.lane.words for lane in runner.lanes()] == ["learning rate 0.5"], "the healthy one has been trained"
    assert any(ready.note in each.value for each in app.markdown)


def test_a_race_that_cannot_be_is_a_sentence_and_nothing_starts(page, tmp_path):
    app, runner = page
    in_mode(app, RACE)
    other = SMALL.replace(dataset="kmnist")
    app.session_state[line_up.LINE_UP] = line_up.LineUp("Mixed", (Entry(SMALL, "a"), Entry(other, "b")))
    app.run().button(key="train_control_Start").click().run()
    assert "Lane 2 (b) learns kmnist, lane 1 mnist" in app.error[0].value
    assert runner.lanes() == () and not list(tmp_path.iterdir())


def test_the_sidebar_chooses_the_lane_that_is_followed(page):
    app, runner = page
    in_mode(app, RACE)
    app.session_state[line_up.LINE_UP] = line_up.LineUp("Seeds", tuple(entries([SMALL, SMALL.replace(seed=1)])))
    app.run().button(key="train_control_Step batch").click().run()
    until(lambda: runner.snapshot().state == "paused")
    app.session_state[LIVE] = True
    app.switch_page("pages/kernels.py").run()
    first, second = (lane.run for lane in runner.lanes())
    assert app.sidebar.selectbox(key=LANE).value == first
    app.sidebar.selectbox(key=LANE).set_value(second).run()
    assert not app.exception and app.sidebar.selectbox(key=LANE).options == [
        "a0-simple-cnn, as it learns", "seed 1, as it learns",
    ]  # fmt: skip
    assert any(second in each.value for each in app.sidebar.caption)
