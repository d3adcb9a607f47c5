"""Ready races and sabotages: each can be started, its lanes can be compared, and its page is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch

from benchmarks import sabotage
from cnnlab import models
from cnnlab.models import ImageSpec, parameter_count
from cnnlab.runs import race_launch, store
from cnnlab.runs.launch import run_name
from cnnlab.training.config import TrainConfig
from cnnlab.training.races import ReadyRace
from cnnlab.training.ready_races import RACES
from cnnlab.training.recipes import RECIPES
from cnnlab.training.sabotages import SABOTAGES

ROOT = Path(__file__).parents[2]
ALL = [*RACES.values(), *SABOTAGES.values()]
TRAINING, TEST = 55_000, 10_000  # images of MNIST under the split holdout


def shown_images(config: TrainConfig) -> int:
    """How many training images a lane is shown from its beginning to its end."""
    return config.epochs * ((config.train_images or TRAINING) + TEST * config.test_leak)


@pytest.mark.parametrize("race", ALL, ids=lambda race: race.name)
def test_it_can_be_started_and_its_lanes_compared(race: ReadyRace):
    race_launch.check(race.entries)
    configs = [entry.config for entry in race.entries]
    words = [entry.words for entry in race.entries]
    assert len(set(words)) == len(words) and all(0 < len(each) <= 40 for each in words)
    assert len({config.replace(**{"seed": configs[0].seed}) for config in configs}) == len(configs)
    assert {config.split for config in configs} == {"holdout"}
    assert len({config.seed for config in configs}) == 1
    most, least = (pick(map(shown_images, configs)) for pick in (max, min))
    assert most <= 1.01 * least, "each lane is shown as many images"
    assert all(config.recipe in RECIPES for config in configs)
    for config in configs:
        models.outline(config.network, ImageSpec(), options=config.options)


@pytest.mark.parametrize("race", ALL, ids=lambda race: race.name)
def test_what_it_says_of_itself(race: ReadyRace):
    assert re.fullmatch(r"[a-z0-9-]+", race.name) and (ROOT / "pages" / f"{race.page}.py").exists()
    assert race.note.endswith(".") and len(race.note) < 220 and ". " not in race.note, "one sentence"
    assert 0 < race.seconds <= 180


def test_names_and_titles_are_unique():
    for said in ([race.name for race in ALL], [race.title for race in ALL]):
        assert len(set(said)) == len(said)
    assert all(name == race.name for races in (RACES, SABOTAGES) for name, race in races.items())


@pytest.mark.parametrize("race", ALL, ids=lambda race: race.name)
def test_its_runs_are_told_apart_by_their_names(race: ReadyRace):
    names = [run_name(entry.config) for entry in race.entries]
    told = [name for name in names if not name.startswith("custom")]  # lists of layers get a number
    assert len(set(told)) == len(told)


def test_the_shipped_run_stands_beside_what_is_broken():
    shipped = store.open_run(ROOT / "checkpoints" / "a0-simple-cnn")
    healthy = [race.entries[0].config for race in SABOTAGES.values()]
    assert healthy.count(shipped.config) >= 6
    assert all(race.entries[0].words in ("healthy", "with batch normalisation") for race in SABOTAGES.values())


def test_every_sabotage_has_its_criterion():
    assert list(sabotage.CRITERIA) == list(SABOTAGES)


def test_without_nonlinearity_the_network_is_one_linear_map():
    config = SABOTAGES["no-nonlinearity"].entries[1].config
    linear = models.build(config.network, options=config.options).eval().double()
    healthy = models.build("simple-cnn").eval().double()
    a, b = torch.rand(2, 1, 1, 28, 28, dtype=torch.float64)
    for network, straight in ((linear, True), (healthy, False)):
        middle = network((a + b) / 2)
        assert torch.allclose(middle, (network(a) + network(b)) / 2, atol=1e-9) is straight


def test_the_distilled_network_has_a_sixtieth_of_the_weights():
    big, small, distilled = (entry.config for entry in RACES["distillation"].entries)
    counts = [parameter_count(models.outline(each.network, options=each.options)) for each in (big, small)]
    assert counts == [215_370, 3_578] and distilled.replace(teacher="") == small
    assert store.open_run(ROOT / "checkpoints" / distilled.teacher).config.network == big.network
