"""A study's file: the same for the same plan, shared, whole after a kill, and readable by Optuna itself."""

from __future__ import annotations

import optuna
import pytest

from cnnlab.common import paths
from cnnlab.errors import CnnlabError
from cnnlab.studies import journal as journals
from cnnlab.studies.axes import Axis
from cnnlab.studies.plan import Plan
from cnnlab.training.config import TrainConfig

BASE = TrainConfig(recipe="tiny")
RATES = Plan(BASE, (Axis("learning_rate", (1e-4, 1e-3, 1e-2)),), seeds=3)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where studies lie."""
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    return tmp_path / ".studies"


def nobody(run: str) -> bool:
    """No process is gone."""
    return False


def taken(journal: journals.Journal) -> journals.Taken | None:
    with journal.alone():
        found = journal.take(nobody)
        if found:
            found.trial.set_user_attr(journals.RUN, f"run {found.trial.number}")
        return found


def test_the_variable_puts_studies_elsewhere(tmp_path, monkeypatch):
    assert paths.studies() == tmp_path / ".studies"
    monkeypatch.setenv("CNNLAB_STUDIES", str(tmp_path / "there"))
    journals.made(RATES)
    assert (tmp_path / "there" / "tiny-lr.journal").exists()


def test_the_same_plan_is_gone_on_with_and_another_gets_a_name_of_its_own():
    first = journals.made(RATES)
    assert first.name == "tiny-lr" and first.counts == journals.Counts(9, 0, 0, 0)
    assert journals.made(RATES).name == first.name
    other = Plan(BASE, RATES.axes, seeds=2)
    assert journals.made(other).name == "tiny-lr-2" == journals.made(other).name
    assert journals.opened("tiny-lr-2").plan == other
    with pytest.raises(CnnlabError, match="The study 'tiny-lr' has other settings: go on with them by"):
        journals.made(other, "tiny-lr")
    with pytest.raises(CnnlabError, match="no study 'gone' .*choose one of tiny-lr, tiny-lr-2"):
        journals.opened("gone")


def test_two_that_have_it_open_take_every_trial_once():
    one = journals.made(RATES)
    two = journals.opened(one.name)
    found = [each for _ in range(6) for each in (taken(one), taken(two)) if each]
    assert sorted(each.trial.number for each in found) == list(range(9)) and not any(each.before for each in found)
    assert {(each.trial.params["learning_rate"], each.trial.params["seed"]) for each in found} == {
        (rate, seed) for rate in (1e-4, 1e-3, 1e-2) for seed in (0, 1, 2)
    }
    with two.alone():
        again = two.take(lambda run: run == "run 4")
    assert again and again.before and again.trial.number == 4 and len(two._trials()) == 9


def test_half_a_line_that_a_killed_process_left_is_dropped(folder):
    one = journals.made(RATES)
    assert taken(one)
    file = folder / "tiny-lr.journal"
    with file.open("ab") as content:
        content.write(b'{"op_code": 5, "trial_')
    two = journals.opened(one.name)
    assert [taken(each).trial.number for each in (two, one, two)] == [1, 2, 3]
    storage = optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(str(file)))
    states = [each.state.name for each in optuna.load_study(study_name=one.name, storage=storage).trials]
    assert states == ["RUNNING"] * 4 + ["WAITING"] * 5, "Optuna reads it by itself"


@pytest.mark.parametrize("content", [b"", b"nonsense\n", b"{}\n", b'{"op_code": 99}\n'])
def test_a_damaged_file_is_one_sentence(folder, content):
    journals.made(RATES)
    (folder / "tiny-lr.journal").write_bytes(content)
    with pytest.raises(CnnlabError, match=r"tiny-lr.journal is damaged or no study \(.*\): restore"):
        journals.opened("tiny-lr")


def test_values_that_do_not_go_together_leave_no_file(folder):
    with pytest.raises(CnnlabError, match="nesterov is on"):
        journals.made(Plan(BASE, (Axis("nesterov", (False, True)),)))
    assert not list(folder.glob("*.journal"))


def test_what_is_drawn_lies_in_its_range_and_every_seed_gets_the_same():
    plan = Plan(BASE, (Axis("learning_rate", low=1e-4, high=1e-1), Axis("batch_size", low=16, high=64)), 2, random=40)
    trials = journals.made(plan)._trials()
    assert len(trials) == 80
    drawn = [{**each.params} for each in trials]
    first, second = ([each for each in drawn if each["seed"] == seed] for seed in (0, 1))
    assert [{**each, "seed": 1} for each in first] == second
    rates, sizes = [each["learning_rate"] for each in first], [each["batch_size"] for each in first]
    assert min(rates) >= 1e-4 and max(rates) <= 1e-1 and 10 < sum(rate < 10**-2.5 for rate in rates) < 30
    assert all(isinstance(size, int) and 16 <= size <= 64 for size in sizes) and len(set(sizes)) > 20
    journals.made(Plan(BASE, plan.axes, 1, random=40), "other")
    again = [each.params["learning_rate"] for each in journals.opened("other")._trials()]
    assert again == rates, "the same seed draws the same"
