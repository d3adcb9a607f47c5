"""What is typed after --set becomes trials, or one sentence."""

from __future__ import annotations

import itertools
import json

import pytest

from cnnlab.errors import CnnlabError
from cnnlab.studies import axes
from cnnlab.studies.axes import Axis
from cnnlab.studies.plan import Plan
from cnnlab.training.recipes import RECIPES

RECIPE = RECIPES["a0-simple-cnn"].config


def plan(*typed: str, seeds: int = 1, random: int = 0) -> Plan:
    base, varied = axes.parted(dict(each.split("=", 1) for each in typed), RECIPE)
    return Plan(base, tuple(varied), seeds, random)


def test_every_combination_comes_once_with_every_seed():
    made = plan("learning_rate=1e-4,1e-3,1e-2", "optimizer=adam,sgd", "batch_size=32", "seed=5", seeds=3)
    assert made.base.batch_size == 32 and made.varied == ("learning_rate", "optimizer") and made.size == 18
    cells = made.cells(made.grid)
    found = [(each["seed"], each["learning_rate"], each["optimizer"]) for each in cells]
    assert found == list(itertools.product([5, 6, 7], [1e-4, 1e-3, 1e-2], ["adam", "sgd"]))
    configs = [made.config(each) for each in cells]
    assert [(each.seed, each.learning_rate, each.optimizer) for each in configs] == found


def test_a_setting_that_is_a_list_keeps_its_commas():
    made = plan("options.channels=4,8;8,16", "options.hidden=32,64")
    assert [made.config(each).options["channels"] for each in made.grid] == [(4, 8), (4, 8), (8, 16), (8, 16)]
    assert plan("options.channels=4,8", seeds=2).base.options["channels"] == (4, 8)
    assert axes.spelled(axes.value_of(made.config(made.grid[0]), "options.channels")) == "4,8"


def test_options_are_those_of_the_network_that_is_named_beside_them():
    base, varied = axes.parted(
        {"options.channels": "4,8;8,16", "options.head": "flatten,average", "network": "bn-cnn"}, RECIPE
    )
    assert base.network == "bn-cnn" and [each.values for each in varied] == [("4,8", "8,16"), ("flatten", "average")]


def test_ranges_have_the_type_of_their_setting():
    made = plan("learning_rate=1e-4..1e-1", "batch_size=16..64", "momentum=0..0.9", random=2)
    rate, batch, momentum = made.axes
    assert (rate.low, rate.high, rate.logarithmic, rate.whole) == (1e-4, 1e-1, True, False)
    assert (batch.low, batch.high, batch.logarithmic, batch.whole) == (16, 64, False, True)
    assert not momentum.logarithmic and made.size == 2


def test_a_plan_survives_json():
    made = plan("learning_rate=1e-4..1e-1", "options.channels=4,8;8,16", "optimizer=adam,sgd", random=3, seeds=2)
    assert Plan.from_dict(json.loads(json.dumps(made.as_dict()))) == made


def test_it_is_called_after_what_it_varies():
    assert plan("learning_rate=1e-4,1e-3").stem == "a0-simple-cnn-lr"
    assert plan(seeds=4).stem == "a0-simple-cnn-seeds"
    made = plan("learning_rate=1e-4,1e-3", "options.channels=4,8;8,16", "epochs=30", seeds=2)
    assert made.run_name(made.cells(made.grid)[-1]) == "a0-simple-cnn-lr-0.001-channels-8-16-seed-1"


@pytest.mark.parametrize(
    ("typed", "counts", "said"),
    [
        (["learning_rate=1e-3,-1"], {}, "learning_rate is -1: it must lie between 1e-08 and 100"),
        (["learning_rate=1e-3,fast"], {}, "learning_rate is 'fast': it must be a number"),
        (["learning_rate=1e-3,"], {}, "learning_rate is '': it must be a number"),
        (["speed=1,2"], {}, "'speed' is no setting"),
        (["options.speed=1,2"], {}, "speed"),
        (["learning_rate=1e-3,0.001"], {}, "learning_rate is '1e-3,0.001': it names 0.001 twice"),
        (["learning_rate=1e-4..1e-1"], {}, "learning_rate is '0.0001..0.1', a range: say with --random N"),
        (["learning_rate=1e-1..1e-4"], {"random": 3}, "a range begins with its lower end"),
        (["learning_rate=1e-1.."], {"random": 3}, "learning_rate is '': it must be a number"),
        (["optimizer=adam..sgd"], {"random": 3}, "optimizer is 'adam..sgd': choose one of"),
        (["dataset=mnist,kmnist"], {}, "dataset is 'mnist,kmnist': it cannot be varied .* cannot be compared"),
        (["seed=1,2"], {}, "seed is '1,2': it cannot be varied in a sweep, --seeds N"),
        (["split=none", "batch_size=1,2"], {}, "split is 'none': a sweep compares by the validation images"),
        (["batch_size=32"], {}, "Nothing is varied: name several values"),
        ([], {"random": 3, "seeds": 2}, "--random is 3, but nothing is varied"),
        (["batch_size=1,2"], {"seeds": 0}, "--seeds is 0: it must lie between 1 and 500"),
        (["batch_size=1,2"], {"random": -1}, "--random is -1: it must lie between 0 and 500"),
        (["batch_size=1,2,3", "epochs=1,2,3"], {"seeds": 60}, "has 3 × 3 × 60 = 540 trials, at most 500"),
        (["batch_size=1,2"], {"random": 300, "seeds": 2}, "has 300 × 2 = 600 trials, at most 500"),
    ],
)
def test_what_cannot_be_is_one_sentence(typed, counts, said):
    with pytest.raises(CnnlabError, match=said):
        plan(*typed, **counts)


def test_values_that_do_not_go_together_are_refused_when_the_cell_is_made():
    made = Plan(RECIPE, (Axis("nesterov", (False, True)),))
    assert not made.config(made.grid[0]).nesterov
    with pytest.raises(CnnlabError, match="nesterov is on: it needs the optimizer sgd"):
        made.config(made.grid[1])
