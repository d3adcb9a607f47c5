"""Runs with a known fault, and healthy ones: what benchmarks.hints trains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnnlab.training.config import TrainConfig
from cnnlab.training.recipes import RECIPES

HEALTHY = "healthy"
STEPS: Mapping[str, int] = {  # of an epoch where it takes minutes on one core
    "a2-cifar10": 60,
    "a4-residual": 300,
    "a4-improved": 300,
    "draw": 150,
    "best-accuracy": 150,
    "shift-augmented": 430,
    "blurpool": 400,
    "polyphase": 400,
}
FEW = 300  # steps of a run that learns from few images, as each of its short epochs is validated on 5,000
BASES = ("a0-simple-cnn", "a2-lenet5", "a4-repaired")  # Adam with ReLU, Adam with tanh, SGD with momentum and ReLU
SEVERAL = ((BASES[0], 0), (BASES[0], 1), (BASES[1], 0), (BASES[2], 0))  # with their seeds
RELU = ((BASES[0], 0), (BASES[0], 1), (BASES[2], 0))
TOO_FAST = ("not-a-number", "silenced", "jumping", "exploding", "sure-but-wrong", "bouncing")  # all say: a smaller rate


@dataclass(frozen=True)
class Case:
    """A run to watch for `steps` steps. expected: the names of the hints that are right, none for a healthy run."""

    fault: str
    run: str
    config: TrainConfig
    expected: tuple[str, ...]
    steps: int


def _conv(channels: int) -> dict[str, Any]:
    return {"kind": "conv", "channels": channels}


def _act(function: str) -> dict[str, Any]:
    return {"kind": "activation", "function": function}


POOL, AVERAGE, FLAT = ({"kind": kind} for kind in ("max-pool", "avg-pool", "flatten"))
DEEP_MAPS = [_conv(8), _act("sigmoid"), POOL, *[_conv(16), _act("sigmoid")] * 10, POOL, FLAT]
DEEP_ROW = [FLAT, *[{"kind": "linear", "units": 64}, _act("sigmoid")] * 10]
LINEAR_MAPS = [_conv(8), AVERAGE, _conv(16), AVERAGE, FLAT, {"kind": "linear", "units": 64}]
LINEAR_ROW: list[dict[str, Any]] = [FLAT, *[{"kind": "linear", "units": 64}] * 3]


def _rate(name: str, factor: float) -> dict[str, Any]:
    return {"learning_rate": RECIPES[name].config.learning_rate * factor}


def _layers(layers: list[dict[str, Any]]) -> dict[str, Any]:
    return {"network": "custom", "options": {"layers": layers}}


Run = tuple[str, int, dict[str, Any]]  # a recipe, a seed, and what is changed of the recipe


def _faults() -> Iterator[tuple[str, tuple[str, ...], list[Run]]]:
    """Each fault with the hints that are right, and its runs."""
    first, _, last = BASES
    for factor, right in ((100, TOO_FAST), (1000, TOO_FAST), (0.001, ("too-slow",))):
        runs = [(name, seed, _rate(name, factor)) for name, seed in SEVERAL]
        yield f"rate times {factor:g}", right, runs
    yield "rate times 0.01", ("too-slow",), [(first, seed, _rate(first, 0.01)) for seed in (0, 1)]
    yield "weights of zero", ("symmetric",), _each({"weights": "zero"}, (*SEVERAL, ("a1-batch-norm", 0)))
    yield "sorted by class", ("sorted",), _each({"order": "sorted"}, SEVERAL)
    # a network with tanh or batch normalisation makes little of such pixels
    yield "pixels 0 to 255", ("loud-start",), _each({"pixels": "raw-255"}, RELU)
    for layers in (DEEP_MAPS, DEEP_ROW):
        yield "deep, sigmoid", ("vanishing",), _each(_layers(layers), ((first, 0), (first, 1)))
    for layers in (LINEAR_MAPS, LINEAR_ROW):
        yield "no nonlinearity", ("linear",), _each(_layers(layers), ((first, 0), (first, 1)))
    yield "dropout 0.9", ("dropout",), _each({"options.dropout": 0.9}, RELU)
    yield "300 images", ("gap", "rising"), _each({"train_images": 300, "epochs": 200}, SEVERAL)
    yield "30 % wrong labels", ("wrong-labels",), _each({"wrong_labels": 0.3}, SEVERAL)
    yield "60 % wrong labels", ("wrong-labels",), _each({"wrong_labels": 0.6}, ((first, 0), (last, 0)))
    yield "batch of 10,000", ("large-batch",), _each({"batch_size": 10_000}, SEVERAL[1:])


def faulty(quick: bool) -> Iterator[Case]:
    """Every fault in several networks or with several seeds; with `quick` the first of each."""
    for fault, right, runs in _faults():
        for name, seed, changes in runs[:1] if quick else runs:
            config = RECIPES[name].config.replace(seed=seed, device="cpu", **changes)
            called = f"{name if 'network' not in changes else 'custom'} {seed}"
            yield Case(fault, called, config, right, _epoch(config, name))


def healthy(quick: bool) -> Iterator[Case]:
    """Every recipe, and the quicker ones with more seeds; with `quick` only the quickest."""
    runs = [(name, 0) for name in RECIPES] + [
        (name, seed) for name in (*BASES, "a1-batch-norm", "a3-conv-net", "gap") for seed in (1, 2)
    ]
    for name, seed in runs[:1] if quick else runs:
        config = RECIPES[name].config.replace(seed=seed, device="cpu")
        if config.dataset != "mnist":
            config = config.replace(dataset="mnist", augment_flip=0.0)
        yield Case(HEALTHY, f"{name} {seed}", config, (), _epoch(config, name))


def _each(changes: dict[str, Any], runs: Sequence[tuple[str, int]]) -> list[Run]:
    return [(name, seed, changes) for name, seed in runs]


def _epoch(config: TrainConfig, name: str) -> int:
    """Steps to watch: an epoch, or the part of it that STEPS leaves."""
    if config.train_images:
        return FEW
    images = 55_000 if config.split == "holdout" else 60_000
    return STEPS.get(name, -(-images // config.batch_size))
