"""Every rule: figures that bring its hint, and figures just beside them that do not."""

from __future__ import annotations

import dataclasses
import math

import pytest

from cnnlab.training import advice_rules, fault_rules
from cnnlab.training.config import TrainConfig
from cnnlab.training.hint_evidence import Evidence, rate_words
from cnnlab.training.results import DIVERGED, LEARNING_RATE, EpochResult, Evaluation, Event

DIGITS = tuple("0123456789")
PER_EPOCH = 860
HEALTHY = Evaluation(400, 0.15, 0.955, 0.09, 0.974, None, {"conv1": 0.2, "fc2": 0.7}, 0.965, 3, 0.11, {"fc1": 0.4})
GUESS = dataclasses.replace(
    HEALTHY,
    train_loss=2.303,
    train_accuracy=0.1,
    val_loss=2.304,
    val_accuracy=0.1,
    confidence=0.11,
    favourite_share=1.0,
)
LAYERS = ({"kind": "conv"}, {"kind": "activation", "function": "sigmoid"}, {"kind": "flatten"})


def seen(last: Evaluation, first=2.3, before=(), events=(), epochs=(), **settings) -> Evidence:
    evidence = Evidence(TrainConfig(**settings), DIGITS, PER_EPOCH)
    for each in (
        Evaluation(0, None, None, 2.31, 0.1),
        Evaluation(1, first, 0.1, 2.3, 0.1),
        *before,
        last,
    ):
        evidence.add_evaluation(each)
    for row in epochs:
        evidence.add_epoch(row)
    for event in events:
        evidence.add_event(event)
    return evidence


def but(last: Evaluation, **changes) -> Evaluation:
    return dataclasses.replace(last, **changes)


def row(number: int, train: float, val: float | None, accuracy=0.9) -> EpochResult:
    return EpochResult(number, number * PER_EPOCH, True, 1e-3, train, accuracy, val, 0.9, 1.0)


JUMP = but(GUESS, step=5, train_loss=12.0)
OUTPUT_ONLY = but(GUESS, gradients={"conv1": 1e-5, "fc2": 0.5})
SORTED = but(GUESS, train_accuracy=0.9, train_loss=1.2)
SWALLOWS = but(HEALTHY, train_accuracy=0.3, train_loss=3.0, val_accuracy=0.3, val_loss=3.0, favourite_share=0.8)
TO_AND_FRO = but(HEALTHY, train_loss=1.25, train_accuracy=0.6, val_loss=1.3, val_accuracy=0.6)
AT_FIRST = but(TO_AND_FRO, step=100, train_loss=1.2)
FITS_BADLY = but(HEALTHY, train_accuracy=0.6, train_loss=1.2, val_accuracy=0.95)

# rule, what brings it, and near misses: each as (last evaluation, further arguments of `seen`)
FAULTS = [
    (
        fault_rules.not_a_number,
        (HEALTHY, {"events": [Event(9, DIVERGED)]}),
        [(HEALTHY, {"events": [Event(9, LEARNING_RATE, 0.1)]})],
    ),
    (
        fault_rules.symmetric,
        (but(GUESS, step=2, alike=("conv1", "fc1")), {"weights": "zero"}),
        [(but(GUESS, step=0, alike=("conv1",)), {}), (GUESS, {})],
    ),
    (
        fault_rules.silenced,
        (but(GUESS, dead={"conv1": 1.0}), {"learning_rate": 1.0}),
        [(but(GUESS, dead={"conv1": 0.9}), {}), (but(HEALTHY, dead={"conv1": 1.0}), {}), (but(GUESS, step=0), {})],
    ),
    (
        fault_rules.loud_start,
        (HEALTHY, {"first": 14.0, "pixels": "raw-255"}),
        [(HEALTHY, {"first": 2.9}), (HEALTHY, {"first": 14.0, "start_from": "another"})],
    ),
    (
        fault_rules.jumping,
        (JUMP, {}),
        [(but(JUMP, train_loss=4.0), {}), (HEALTHY, {"before": [JUMP]})],
    ),
    (fault_rules.affine, (but(HEALTHY, affine=True), {}), [(HEALTHY, {}), (but(HEALTHY, step=0, affine=True), {})]),
    (
        fault_rules.vanishing,
        (OUTPUT_ONLY, {"network": "custom", "options": {"layers": LAYERS}}),
        [
            (but(OUTPUT_ONLY, step=200), {}),
            (but(OUTPUT_ONLY, gradients={"conv1": 0.01, "fc2": 0.5}), {}),
            (but(HEALTHY, gradients={"conv1": 1e-5, "fc2": 0.5}), {}),
        ],
    ),
    (
        fault_rules.exploding,
        (but(HEALTHY, gradients={"conv1": 0.1, "fc2": 120.0}), {}),
        [(but(HEALTHY, gradients={"conv1": 0.1, "fc2": 90.0}), {}), (but(HEALTHY, gradients={}), {})],
    ),
    (
        fault_rules.sure_but_wrong,
        (but(GUESS, confidence=0.95, train_loss=4.0), {}),
        [
            (but(GUESS, confidence=0.5), {}),
            (but(GUESS, confidence=0.95, step=20), {}),
            (but(GUESS, confidence=0.95, train_accuracy=0.5), {}),  # batch normalisation lags behind
        ],
    ),
    (
        fault_rules.too_slow,
        (GUESS, {"learning_rate": 1e-6}),
        [(but(GUESS, step=200), {}), (but(GUESS, train_accuracy=0.3, val_accuracy=0.36), {}), (HEALTHY, {})],
    ),
    (
        fault_rules.in_order,
        (SORTED, {"order": "sorted"}),
        [(but(SORTED, step=20), {}), (but(SORTED, train_accuracy=0.5), {}), (but(SORTED, favourite_share=0.3), {})],
    ),
    (
        fault_rules.swallowed,
        (SWALLOWS, {}),
        [
            (but(SWALLOWS, step=100), {}),
            (but(SWALLOWS, favourite_share=0.4), {}),
            (but(SWALLOWS, val_accuracy=0.75), {}),  # that many really are of that class
        ],
    ),
    (
        fault_rules.bouncing,
        (TO_AND_FRO, {"before": [AT_FIRST]}),
        [
            (but(TO_AND_FRO, train_loss=1.1), {"before": [AT_FIRST]}),
            (but(TO_AND_FRO, step=300), {"before": [AT_FIRST]}),
            (but(TO_AND_FRO, train_loss=0.6), {"before": [but(AT_FIRST, train_loss=0.6)]}),  # as good as learned
            (but(TO_AND_FRO, train_loss=2.3), {"before": [but(AT_FIRST, train_loss=2.3)]}),  # nothing is learned yet
        ],
    ),
    (
        fault_rules.heavy_dropout,
        (FITS_BADLY, {"options": {"dropout": 0.9}}),
        [(FITS_BADLY, {}), (but(FITS_BADLY, train_accuracy=0.9), {"options": {"dropout": 0.9}})],
    ),
    (
        fault_rules.wrong_labels,
        (FITS_BADLY, {"wrong_labels": 0.3}),
        [
            (FITS_BADLY, {"options": {"dropout": 0.9}}),
            (but(FITS_BADLY, train_loss=0.6), {}),
            (but(FITS_BADLY, val_accuracy=0.78), {}),
            (FITS_BADLY, {"outliers": 0.1}),
        ],
    ),
]
FALLING = [row(1, 0.3, 0.20), row(2, 0.2, 0.15)]
RISING = [row(1, 0.3, 0.20), row(2, 0.2, 0.23), row(3, 0.1, 0.26)]
FLAT = [row(1, 0.3, 0.2), row(2, 0.300, 0.2), row(3, 0.299, 0.2), row(4, 0.301, 0.2)]
MEMORY = but(HEALTHY, train_accuracy=0.99, val_accuracy=0.9)


@pytest.mark.parametrize(("rule", "brings", "misses"), FAULTS, ids=lambda each: getattr(each, "__name__", ""))
def test_a_fault_is_seen_and_what_is_near_it_is_not(rule, brings, misses):
    last, more = brings
    hint = rule(seen(last, **more))
    assert hint and hint.kind == "fault" and hint.figures
    assert hint.sentence.count(". ") >= 1 and hint.sentence.endswith(".") and "nan" not in hint.sentence
    for last, more in misses:
        assert rule(seen(last, **more)) is None, (last, more)
    assert rule(seen(HEALTHY)) is None


def test_each_rule_is_tested_here():
    assert {each[0] for each in FAULTS} == set(fault_rules.FAULTS)


@pytest.mark.parametrize(
    ("rows", "expected"), [(RISING, True), (RISING[:2], False), ([*RISING[:2], row(3, 0.4, 0.26)], False)]
)
def test_validation_that_rises_while_training_falls(rows, expected):
    hint = advice_rules.rising(seen(HEALTHY, epochs=rows))
    assert bool(hint) is expected
    if hint:
        assert "from 0.200 after epoch 1 to 0.260" in hint.seen and hint.change == {"early_stopping": 2}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (FLAT, True),
        (FLAT[:3], False),
        ([*FLAT[:3], row(4, 0.25, 0.2)], False),
        ([*FLAT[:3], row(4, 0.301, 0.2, accuracy=0.999)], False),
    ],
)
def test_a_training_loss_that_no_longer_falls(rows, expected):
    hint = advice_rules.plateau(seen(HEALTHY, epochs=rows))
    assert bool(hint) is expected and (not hint or hint.change == {"learning_rate": 1e-4})


@pytest.mark.parametrize(
    ("last", "rows", "expected"),
    [
        (MEMORY, FALLING, True),
        (MEMORY, [], False),  # nothing has been shown twice yet
        (HEALTHY, FALLING, False),
        (but(MEMORY, train_accuracy=0.89, val_accuracy=0.8), FALLING, False),
    ],
)
def test_a_gap_between_training_and_validation(last, rows, expected):
    hint = advice_rules.gap(seen(last, epochs=rows))
    assert bool(hint) is expected
    if hint:
        assert hint.seen == "99.0% of the training images are right, but 90.0% of the others."


@pytest.mark.parametrize(("batch", "steps", "expected"), [(10_000, 6, True), (10_000, 80, False), (500, 6, False)])
def test_a_batch_so_large_that_an_epoch_has_few_steps(batch, steps, expected):
    evidence = seen(HEALTHY, batch_size=batch)
    evidence.steps_per_epoch = steps
    hint = advice_rules.large_batch(evidence)
    assert bool(hint) is expected
    if hint:
        assert hint.seen == "10,000 images a step make 6 steps an epoch." and hint.change == {"batch_size": 64}


def finished(*losses: float, planned: int) -> Evidence:
    evidence = Evidence(TrainConfig(epochs=planned), DIGITS, PER_EPOCH)
    evidence.add_evaluation(HEALTHY)
    for number, loss in enumerate(losses, 1):
        evidence.add_epoch(row(number, loss, loss))
    return evidence


def test_a_run_that_ended_while_it_still_learned():
    hint = advice_rules.still_learning(finished(0.2, 0.15, planned=2))
    assert hint.change == {"epochs": 4} and "from 0.200 to 0.150" in hint.seen
    assert advice_rules.still_learning(finished(0.2, 0.15, planned=3)) is None, "it goes on by itself"
    assert advice_rules.still_learning(finished(0.2, 0.195, planned=2)) is None
    assert advice_rules.still_learning(finished(0.2, 0.15, planned=1000)) is None


def test_a_loss_that_falls_late_in_the_epoch_is_that_of_a_rate_too_small():
    def fell(half: float, end: float):
        return seen(but(HEALTHY, step=PER_EPOCH, val_loss=end), before=[but(HEALTHY, step=430, val_loss=half)])

    assert "still 1.47" in fault_rules.too_slow(fell(2.05, 1.47)).seen
    assert fault_rules.too_slow(fell(1.6, 1.47)) is None, "it fell early: another network, not another rate"
    assert fault_rules.too_slow(fell(2.2, 0.5)) is None


def test_the_words_of_a_dead_network_name_the_loss_of_guessing_and_the_rate():
    hint = fault_rules.silenced(seen(but(GUESS, dead={"conv1": 1.0}), learning_rate=1.0))
    assert hint.sentence == (
        "2.30 = ln 10: guessing. The step at rate 1.0 silenced the ReLUs; start again at 0.01 or less."
    )
    assert dict(hint.change) == {"learning_rate": 0.01} and hint.words == "learning rate 0.01"
    assert "conv1 100%" in hint.figures
    assert f"{math.log(10):.2f}" == "2.30"


def test_a_rate_set_by_hand_is_the_one_that_is_blamed():
    events = [Event(100, LEARNING_RATE, 0.5)]
    hint = fault_rules.silenced(seen(but(GUESS, dead={"conv1": 1.0}), events=events))
    assert "rate 0.5" in hint.why and hint.change["learning_rate"] == 0.005


def test_batch_normalisation_is_put_between_each_layer_and_its_activation():
    change, words = fault_rules.with_norm(seen(HEALTHY, network="custom", options={"layers": LAYERS}))
    kinds = [(each["kind"], each.get("function")) for each in change["options"]["layers"]]
    assert kinds == [("conv", None), ("batch-norm", None), ("activation", "relu"), ("flatten", None)]
    assert words == "ReLU and batch normalisation"


@pytest.mark.parametrize(
    ("settings", "change", "words"),
    [
        ({"network": "mnist-net"}, {"options.normalisation": "batch"}, "batch normalisation"),
        (
            {"network": "mnist-net", "options": {"activation": "sigmoid"}},
            {"options.normalisation": "batch", "options.activation": "relu"},
            "ReLU and batch normalisation",
        ),
        ({"network": "bn-cnn", "options": {"activation": "sigmoid"}}, {"options.activation": "relu"}, "ReLU"),
        ({"network": "blurpool-cnn"}, {}, ""),
    ],
)
def test_a_network_is_offered_what_its_options_allow(settings, change, words):
    assert fault_rules.with_norm(seen(HEALTHY, **settings)) == (change, words)


@pytest.mark.parametrize(("rate", "words"), [(1.0, "1.0"), (0.01, "0.01"), (1e-6, "0.000001"), (100.0, "100.0")])
def test_rates_are_said_without_an_exponent(rate, words):
    assert rate_words(rate) == words
