"""Learning-rate schedules, against torch's own."""

from __future__ import annotations

import pytest
import torch
from torch.optim import lr_scheduler

from cnnlab.errors import CnnlabError
from cnnlab.training.config import TrainConfig
from cnnlab.training.schedules import SCHEDULES, Course
from cnnlab.training.trainer import Trainer

PER_EPOCH, EPOCHS = 7, 9
TOTAL = PER_EPOCH * EPOCHS


def torchs(make, steps=TOTAL, every=1):
    """The rate of every step under a scheduler of torch that is told after every `every` steps."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    oracle, rates = make(optimizer), []
    for step in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if (step + 1) % every == 0:
            oracle.step()
    return rates


def ours(name, **options):
    course = TrainConfig(epochs=EPOCHS, schedule=name, **options).course(PER_EPOCH)
    return [SCHEDULES[name](step, course) for step in range(course.total)]


def test_constant_is_torchs():
    assert ours("constant") == torchs(lambda o: lr_scheduler.ConstantLR(o, 1.0))


def test_cosine_is_torchs():
    assert ours("cosine") == pytest.approx(torchs(lambda o: lr_scheduler.CosineAnnealingLR(o, TOTAL)), abs=1e-9)


@pytest.mark.parametrize("size", [1, 2, 4, 30])
def test_step_is_torchs(size):
    expected = torchs(lambda o: lr_scheduler.StepLR(o, size, 0.3), every=PER_EPOCH)
    assert ours("step", step_size=size, gamma=0.3) == pytest.approx(expected)


@pytest.mark.parametrize("milestones", [(3,), (2, 3, 8), (50,)])
def test_multistep_is_torchs(milestones):
    expected = torchs(lambda o: lr_scheduler.MultiStepLR(o, milestones, 0.2), every=PER_EPOCH)
    assert ours("multistep", milestones=milestones, gamma=0.2) == pytest.approx(expected)


def test_one_cycle_is_torchs():
    """Ours would reach 0 a step after the last, torch's at its last: so torch's is made for a step more."""

    def make(optimizer):
        fraction = (0.25 * TOTAL + 1) / (TOTAL + 1)
        return lr_scheduler.OneCycleLR(
            optimizer, 1.0, TOTAL + 1, pct_start=fraction, div_factor=10, final_div_factor=1e12, cycle_momentum=False
        )

    assert ours("one-cycle") == pytest.approx(torchs(make), abs=1e-9)


def test_one_cycle_rises_to_1_and_falls_to_nearly_0():
    factors = [SCHEDULES["one-cycle"](step, Course(400)) for step in range(400)]
    peak = factors.index(max(factors))
    assert peak == 100 and factors[peak] == 1 and factors[0] == pytest.approx(0.1)
    assert factors[:101] == sorted(factors[:101]) and factors[100:] == sorted(factors[100:], reverse=True)
    assert 0 < factors[-1] < 1e-4


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("total", [1, 2, 7])
def test_every_step_of_the_shortest_runs_has_a_rate(name, total):
    assert all(0 < SCHEDULES[name](step, Course(total)) <= 1 for step in range(total))


def test_the_trainer_follows_and_a_rate_set_by_hand_counts_at_once(small, config):
    trainer = Trainer(config.replace(schedule="cosine", learning_rate=0.01), small, torch.device("cpu"))
    rates = []
    while not trainer.done:
        if trainer.step_count == 10:
            trainer.learning_rate = 0.002
            assert trainer.learning_rate == 0.002
        rates.append(trainer.learning_rate)
        trainer.step()
    cosine = [SCHEDULES["cosine"](step, Course(trainer.total_steps)) for step in range(trainer.total_steps)]
    assert rates[:10] == [0.01 * factor for factor in cosine[:10]]
    assert rates[10:] == pytest.approx([0.002 * factor / cosine[10] for factor in cosine[10:]])
    trainer.learning_rate = 0.5  # after the last step it does no harm


def test_a_constant_rate_is_left_exactly_as_it_is(small, config):
    trainer = Trainer(config.replace(learning_rate=0.0007), small, torch.device("cpu"))
    for _ in range(3):
        trainer.step()
        assert trainer.learning_rate == 0.0007


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"schedule": "multistep"}, "milestones is empty: the schedule multistep needs epochs"),
        ({"milestones": "5,3"}, "milestones is 5,3: the epochs must rise"),
        ({"milestones": "5,x"}, "milestones is 'x': it must be a whole number"),
        ({"milestones": (0, 2)}, "milestones is 0: it must lie between 1 and"),
        ({"step_size": 0}, "step_size is 0"),
        ({"gamma": 2}, "gamma is 2"),
        ({"patience": -1}, "patience is -1"),
        ({"schedule": "plateau", "split": "none"}, "schedule is 'plateau', but split 'none' validates nothing"),
        ({"nesterov": True}, "nesterov is on: it needs the optimizer sgd and a momentum"),
        ({"nesterov": "perhaps"}, "nesterov is 'perhaps': it must be true or false"),
    ],
)
def test_a_schedule_that_cannot_be_is_a_sentence(settings, said):
    with pytest.raises(CnnlabError, match=said):
        TrainConfig(**settings)


def test_lists_and_switches_are_understood_as_typed():
    config = TrainConfig().replace(milestones="100, 150", nesterov="true", optimizer="sgd", momentum="0.9")
    assert config.milestones == (100, 150) and config.nesterov is True
    assert TrainConfig().replace(milestones=[3]).milestones == (3,) and TrainConfig(nesterov="no").nesterov is False
