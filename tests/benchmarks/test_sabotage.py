"""The sabotage benchmark: its figures by hand, and criteria that healthy lanes do not meet."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from benchmarks import race_costs, sabotage
from benchmarks.support import race_training
from benchmarks.support.race_training import measured
from cnnlab import models
from cnnlab.evaluation import shifts
from cnnlab.training.ready_races import RACES
from cnnlab.training.sabotages import SABOTAGES
from cnnlab.training.trainer import Trainer
from tests.support.prepared import prepared

pytestmark = pytest.mark.slow

HEALTHY = {
    "diverged": False,
    "seconds": 20.0,
    "test": 0.985,
    "validation": 0.986,
    "val_loss": 0.05,
    "training": 0.98,
    "first_losses": [2.3, 2.2],
    "dead": 0.3,
    "favourite": 0.114,
    "gradient": 0.5,
    "curve": [[0, 0.1], [100, 0.9], [200, 0.986]],
}


@pytest.fixture
def quick(small, monkeypatch):
    """Trainings on a few images."""
    monkeypatch.setattr(race_training.launch, "prepare", lambda config, root: prepared(config, small))


def test_what_is_measured_is_counted_by_hand(quick, config, small):
    said = measured(config.replace(epochs=1), further=race_costs.when_moved)
    trainer = Trainer(config.replace(epochs=1), small, torch.device("cpu"))
    for _ in range(trainer.total_steps):
        trainer.step()
    model = trainer.model.eval()
    pixels = small.test.images.float() / 255
    with torch.no_grad():
        logits = model(pixels)
        maps = [model[:at](pixels) for at, (name, _) in enumerate(model.named_children(), 1) if name.startswith("relu")]
    answers = logits.argmax(1).numpy()
    assert said["test"] == pytest.approx((answers == small.test.labels.numpy()).mean())
    assert said["favourite"] == np.bincount(answers).max() / 1_000
    silent = [(each.amax((0, 2, 3)) if each.ndim == 4 else each.amax(0)) <= 0 for each in maps]
    assert said["dead"] == pytest.approx(torch.cat(silent).float().mean().item())
    losses = trainer.read_steps(force=True)
    assert said["first_losses"] == losses.losses[:20]
    assert said["training"] == pytest.approx(np.mean(losses.accuracies), abs=1e-6)
    moved = shifts.shifted(small.test.images, 4, 0)
    assert torch.equal(moved[..., 4:], small.test.images[..., :-4]) and not moved[..., :4].any()
    right = [
        (models.logits_of(model, shifts.shifted(small.test.images, 4 * x, 4 * y)).argmax(1) == small.test.labels)
        for x, y in shifts.DIRECTIONS
    ]
    assert said["moved"] == pytest.approx(torch.stack(right).float().mean().item(), abs=1e-6)


def test_a_network_without_relu_has_no_dead_channels_and_one_of_zeros_only_such(quick, config):
    linear = config.replace(epochs=1, options={"activation": "none", "pooling": "average"})
    assert measured(linear)["dead"] is None
    zeros = measured(config.replace(epochs=1, weights="zero"))
    assert (zeros["dead"], zeros["favourite"], zeros["gradient"]) == (1.0, 1.0, 0.0)


def test_a_run_that_runs_away_says_so_and_meets_no_criterion(quick, config):
    away = measured(config.replace(optimizer="sgd", learning_rate=100, weight_decay=1, epochs=3))
    assert away["diverged"] and "test" not in away
    assert not sabotage.holds(sabotage.CRITERIA["rate-times-100"], [HEALTHY, away])
    assert sabotage.row("fast", [away])[1] == "ran away"


@pytest.mark.parametrize("race", SABOTAGES.values(), ids=SABOTAGES)
def test_a_lane_like_the_healthy_one_does_not_meet_a_criterion(race):
    assert not sabotage.holds(sabotage.CRITERIA[race.name], [HEALTHY] * len(race.entries))


def test_some_broken_lanes_meet_theirs():
    stuck = {**HEALTHY, "test": 0.11, "validation": 0.11, "training": 0.11, "dead": 1.0, "favourite": 1.0}
    memorised = {**HEALTHY, "training": 0.95, "validation": 0.1}
    for name, broken in {
        "rate-times-100": {**stuck, "first_losses": [2.3, 900.0]},
        "zero-weights": stuck,
        "raw-pixels": {**stuck, "first_losses": [14.0]},
        "random-labels": memorised,
        "dropout": {**HEALTHY, "training": 0.6},
        "sorted": stuck,
    }.items():
        assert sabotage.holds(sabotage.CRITERIA[name], [HEALTHY, broken]), name


def test_the_table_and_the_last_line(monkeypatch, capsys, tmp_path):
    asked = []

    def stand_in(config):
        asked.append((config.seed, config.learning_rate))
        return {**HEALTHY, "config": config.as_dict()}

    monkeypatch.setattr(sabotage, "measured", stand_in)
    arguments = ["--only", "rate-times-100", "--seeds", "3,4", "--out", str(tmp_path / "kept.json")]
    sabotage.main(arguments)
    assert asked == [(3, 1e-3), (3, 0.1), (4, 1e-3), (4, 0.1)]
    out = capsys.readouterr().out.strip().splitlines()
    assert "98.50%" in out[2] and "-0.6" in out[2] and "30%" in out[2]
    said = json.loads(out[-1])["sabotages"][0]
    assert said["holds"] == {"3": False, "4": False} and list(said["seeds"]) == ["3", "4"]
    sabotage.main(arguments)
    assert len(asked) == 4, "what is kept is not trained again"


@pytest.mark.parametrize("benchmark", [sabotage, race_costs])
def test_an_unknown_name_is_a_sentence(benchmark, capsys):
    with pytest.raises(SystemExit):
        benchmark.main(["--only", "nonsense"])
    assert "--only names 'nonsense': choose among" in capsys.readouterr().err


def test_what_a_race_costs(monkeypatch, capsys):
    times = iter([30.0, 90.0, 70.0])
    lane = {**HEALTHY, "moved": 0.4, "same": 0.7}
    monkeypatch.setattr(
        race_costs, "measured", lambda config, further: {**lane, "config": config.as_dict(), "seconds": next(times)}
    )
    race_costs.main(["--only", "distillation"])
    out = capsys.readouterr().out.strip().splitlines()
    assert out[0].startswith("Big against distilled: 190 s, NOT within 180 s")
    said = json.loads(out[-1])["races"][0]
    assert said["seconds"] == 190 and list(said["lanes"]) == [each.words for each in RACES["distillation"].entries]
