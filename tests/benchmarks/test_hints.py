"""The hints' benchmark: what it counts, and one run of each kind watched for a few steps."""

from __future__ import annotations

import dataclasses
import json

import pytest

from benchmarks.hints import Found, row, summary, watch
from benchmarks.support.faulty_runs import HEALTHY, Case, faulty, healthy
from cnnlab.training.config import TrainConfig
from cnnlab.training.hint_watcher import RULES
from cnnlab.training.recipes import RECIPES
from tests.training.test_hint_rules import FAULTS

FAULT = Case("zero", "a0 0", TrainConfig(), ("symmetric",), 10)
SOUND = Case(HEALTHY, "a0 0", TrainConfig(), (), 10)


def test_a_fault_counts_by_its_last_hint_and_a_healthy_run_by_any():
    found = [
        Found(FAULT, 10, ("jumping", "symmetric"), "symmetric", 2),
        Found(FAULT, 10, ("symmetric",), "", None),
        Found(FAULT, 10, ("jumping",), "jumping", 2),
        Found(SOUND, 10, (), "", None),
        Found(SOUND, 10, ("gap",), "", None),
    ]
    assert [each.right for each in found] == [True, False, False, True, False]
    assert summary(found) == {"right": 0.3333, "false_alarms": 0.5, "runs": 5, "faults": 3, "healthy": 2}
    json.dumps(summary(found))
    assert row(found[4])[:4] == [HEALTHY, "a0 0", "NO", "gap"] and row(found[0])[4] == "2"


def test_there_are_forty_runs_with_every_recipe_among_the_healthy_and_only_hints_that_exist():
    faults, sound = list(faulty(False)), list(healthy(False))
    assert len(faults) >= 30 and len(faults) + len(sound) >= 40
    assert {case.config.recipe for case in sound} == set(RECIPES)
    assert {name for case in faults for name in case.expected} <= {*(name for name in names())}
    assert not any(case.expected for case in sound)


def names() -> set[str]:
    """The names of all hints, from the rules' own examples and the advice."""
    from cnnlab.training.fault_rules import FAULTS as RULES_OF_FAULTS
    from tests.training.test_hint_rules import seen

    found = {rule(seen(last, **more)).name for rule, (last, more), _ in FAULTS}
    assert len(found) == len(RULES_OF_FAULTS) < len(RULES)
    return found | {"gap", "rising", "large-batch", "plateau", "still-learning"}


@pytest.mark.parametrize(("changes", "expected"), [({"weights": "zero"}, "symmetric"), ({}, "")])
def test_a_run_is_watched(changes, expected, small, monkeypatch):
    monkeypatch.setattr("cnnlab.runs.launch.data_of", lambda *_: small)
    config = TrainConfig(batch_size=100, eval_images=100, device="cpu", **changes)
    found = watch(dataclasses.replace(FAULT, config=config, steps=5))
    assert found.last == expected and found.steps == 5 and found.since == (2 if expected else None)
