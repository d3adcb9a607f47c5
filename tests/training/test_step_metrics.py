"""Results of steps arrive complete and in order, by any route."""

from __future__ import annotations

import pytest
import torch

from cnnlab.errors import CnnlabError
from cnnlab.training import trainer as trainer_module
from cnnlab.training.step_metrics import BUNDLE, Pile, Ring, step_metrics_for
from cnnlab.training.trainer import Trainer

CPU = torch.device("cpu")


class Event:
    """A copy's arrival that the test decides about."""

    made: list[Event] = []

    def __init__(self):
        self.there = self.waited_for = False
        Event.made.append(self)

    def record(self):
        pass

    def query(self) -> bool:
        return self.there

    def synchronize(self):
        self.waited_for = not self.there
        self.there = True


@pytest.fixture
def ring():
    Event.made = []
    return Ring(CPU, bundle=3, bundles=2, patience=float("inf"), event=Event)


def add(tally, steps) -> None:
    """Results as an engine hands them over: each overwrites the one before."""
    result = torch.empty(2)
    for step in steps:
        tally.add(result.copy_(torch.tensor([step, step / 100])))
        if isinstance(tally, Pile):
            result = torch.empty(2)


def steps(rows: torch.Tensor) -> list[float]:
    assert torch.equal(rows[:, 1], rows[:, 0] / 100)
    return rows[:, 0].tolist()


def test_a_bundle_is_read_once_it_has_arrived(ring):
    add(ring, range(1, 6))
    assert steps(ring.read(False)) == []
    Event.made[0].there = True
    assert steps(ring.read(False)) == [1, 2, 3]
    assert steps(ring.read(False)) == []
    assert steps(ring.read(True)) == [4, 5]
    assert [event.waited_for for event in Event.made] == [False, True]


def test_a_later_arrival_never_overtakes(ring):
    add(ring, range(1, 7))
    Event.made[1].there = True
    assert steps(ring.read(False)) == []
    Event.made[0].there = True
    assert steps(ring.read(False)) == [1, 2, 3, 4, 5, 6]


def test_the_ring_comes_round_without_losing_or_mixing(ring):
    add(ring, range(1, 15))  # four bundles and two steps through two places, nothing read
    assert [event.waited_for for event in Event.made] == [True, True, False, False]
    add(ring, range(15, 17))
    assert steps(ring.read(True)) == list(range(1, 17))
    seen = []
    for first in range(17, 80, 7):
        add(ring, range(first, first + 7))
        seen += steps(ring.read(first % 2 == 0))
    seen += steps(ring.read(True))
    assert seen == list(range(17, 80))


def test_slow_steps_are_not_kept_until_a_bundle_is_full():
    Event.made = []
    ring = Ring(CPU, bundle=3, patience=0, event=Event)
    add(ring, [1])
    assert steps(ring.read(False)) == []
    Event.made[0].there = True
    assert steps(ring.read(False)) == [1]


def test_a_pile_gives_all_once_there_are_enough():
    pile = Pile(3)
    add(pile, [1, 2])
    assert steps(pile.read(False)) == []
    add(pile, [3])
    assert steps(pile.read(False)) == [1, 2, 3]
    add(pile, [4])
    assert steps(pile.read(True)) == [4] and steps(pile.read(True)) == []


def test_the_cpu_is_read_every_step_and_mps_in_bundles():
    first = step_metrics_for(CPU)
    add(first, [1])
    assert steps(first.read(False)) == [1]
    assert step_metrics_for(torch.device("mps"))._least == BUNDLE


def test_a_diverging_loss_is_named_by_its_step_whenever_it_arrives(config, small, monkeypatch):
    diverging = config.replace(optimizer="sgd", learning_rate=100, weight_decay=1)
    plain = Trainer(diverging, small, CPU)
    with pytest.raises(CnnlabError) as at_once:
        for _ in range(30):
            plain.step()
            plain.read_steps()
    monkeypatch.setattr(trainer_module, "step_metrics_for", lambda device: Ring(device, 4, 3, float("inf"), Event))
    trainer, read = Trainer(diverging, small, CPU), 0
    with pytest.raises(CnnlabError) as late:
        for _ in range(30):
            trainer.step()
            read += len(trainer.read_steps().losses)
    assert str(late.value) == str(at_once.value)
    assert f"at step {plain.step_count} " in str(late.value)
    assert trainer.step_count == 16 and read == 0  # three bundles of four under way and a fourth to send
