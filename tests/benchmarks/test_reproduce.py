"""The benchmark of the articles' results: what it compares, and that a cut run is not lost."""

from __future__ import annotations

import json

import pytest

from benchmarks import reproduce
from cnnlab import models
from cnnlab.training.recipes import RECIPES, recipe
from tests.support.prepared import prepared


@pytest.fixture
def little(monkeypatch, small):
    """Recipes train on 2,000 images."""
    monkeypatch.setattr(reproduce.launch, "prepare", lambda config, root: prepared(config, small))


@pytest.mark.slow
def test_it_trains_prints_a_table_and_goes_on_where_it_was_cut(little, small, tmp_path, capsys, monkeypatch):
    file = tmp_path / "results.json"
    asked = ["--recipes", "a0-simple-cnn,a4-digit-net", "--epochs", "1", "--device", "cpu", "--out", str(file)]
    reproduce.main([*asked, "--seeds", "3"])
    before = capsys.readouterr().out
    assert "1 of 3: SHORTENED" in before and "says nothing about the article's" in before and "98.94%" in before
    kept = json.loads(file.read_text())["trainings"]
    assert [each["config"]["recipe"] for each in kept] == ["a0-simple-cnn", "a4-digit-net"]

    trained = []
    whole = reproduce.train
    monkeypatch.setattr(reproduce, "train", lambda config: trained.append(config.seed) or whole(config))
    reproduce.main([*asked, "--seeds", "3,4"])
    assert trained == [4, 4], "what the file holds is not trained again"
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["results"]
    assert [each["recipe"] for each in found] == ["a0-simple-cnn", "a4-digit-net"]
    assert set(found[0]["seeds"]) == {"3", "4"} and found[0]["seeds"]["3"] == kept[0]["last"]
    assert found[0]["within"] is None and found[0]["shortened"]
    assert found[0]["mean"] == pytest.approx(sum(found[0]["seeds"].values()) / 2)


@pytest.mark.slow
def test_the_best_weights_are_those_of_the_best_epoch(little, small):
    config = recipe("a4-improved").config.replace(epochs=2, device="cpu", batch_size=100, **{"options.channels": "4,8"})
    found = reproduce.train(config)
    loop = reproduce.TrainingLoop(prepared(config, small).trainer(), keeper := Keeper())
    loop.begin()
    while not loop.trainer.done:
        loop.advance()
    best = max((1, 2), key=lambda epoch: (loop.history.epochs[epoch].val_accuracy, epoch))
    network = models.build(config.network, options=config.options)
    accuracies = []
    for epoch in (best, 2):
        network.load_state_dict(keeper.weights[epoch])
        accuracies.append(models.score(network, small.test).accuracy)
    assert (found["best_epoch"], found["best"], found["last"]) == (best, *accuracies)


class Keeper:
    """Keeps the weights of every epoch."""

    name = "all"

    def __init__(self):
        self.weights = {}

    def save_epoch(self, weights, epochs):
        self.weights[epochs[-1].epoch] = weights

    def finish(self, outcome, history):
        pass

    def report(self, report):
        pass

    def stop_asked(self):
        return False

    def save_state(self, state):
        pass

    def close(self):
        pass


@pytest.mark.parametrize(("accuracies", "within"), [((0.9890, 0.9870), True), ((0.9890, 0.9860), False)])
def test_the_mean_may_lie_a_little_below_the_article(accuracies, within):
    which = recipe("a0-simple-cnn")
    trainings = [
        {"config": which.config.replace(seed=seed).as_dict(), "last": accuracy, "best": 1.0, "seconds": 60}
        for seed, accuracy in enumerate(accuracies)
    ]
    found = reproduce.summary(which, trainings)
    assert (found["within"], found["shortened"], found["weights"], found["minutes"]) == (within, False, "last", 2)
    assert reproduce.row(found)[3] == ("yes" if within else "NO")


def test_a_recipe_that_keeps_its_best_weights_is_measured_with_them():
    which = recipe("a4-improved")
    found = reproduce.summary(which, [{"config": which.config.as_dict(), "last": 0.5, "best": 0.9, "seconds": 1}])
    assert (found["mean"], found["weights"], found["within"]) == (0.9, "best", None)


def test_by_default_all_articles_on_mnist_are_trained():
    names = [each.name for each in reproduce.chosen(None)]
    assert {name[:2] for name in names} == {"a0", "a1", "a2", "a3", "a4"}
    assert all(RECIPES[name].config.dataset == "mnist" for name in names)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--recipes", "a9"], "recipe is 'a9'"),
        (["--seeds", "x"], "seed is 'x'"),
        (["--out", __file__], "holds no results of this benchmark"),
        (["--epochs", "-1"], "epochs is -1"),
    ],
)
def test_a_mistake_is_a_sentence(arguments, said, capsys):
    with pytest.raises(SystemExit) as caught:
        reproduce.main(arguments)
    assert caught.value.code == 1 and said in capsys.readouterr().err
