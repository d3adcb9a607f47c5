"""TrainConfig: validation, JSON, and changes as typed on a command line; the recipes."""

from __future__ import annotations

import json

import pytest

from cnnlab.errors import CnnlabError
from cnnlab.training.config import TrainConfig
from cnnlab.training.recipes import RECIPES, recipe


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("learning_rate", -1, "must lie between"),
        ("learning_rate", float("nan"), "must lie between"),
        ("learning_rate", "fast", "must be a number"),
        ("batch_size", 0, "must lie between"),
        ("batch_size", 2.5, "must be a whole number"),
        ("epochs", "three", "must be a whole number"),
        ("epochs", None, "must be a whole number"),
        ("optimizer", "adamm", "choose one of adam, sgd"),
        ("network", "resnet-1000", "choose one of simple-cnn, bn-cnn"),
        ("dataset", "svhn", "choose one of mnist"),
        ("split", "half", "choose one of holdout"),
        ("device", "tpu", "choose one of auto, cpu, cuda, mps"),
        ("seed", -1, "must lie between"),
        ("momentum", 1.5, "must lie between"),
        ("train_images", -1, "must lie between 0"),
        ("train_images", 0.5, "must be a whole number"),
        ("wrong_labels", 1.1, "must lie between 0 and 1"),
        ("test_leak", "perhaps", "must be true or false"),
        ("order", "backwards", "choose one of shuffled, sorted"),
        ("weights", "one", "choose one of random, zero"),
        ("pixels", "inverted", "choose one of unit, raw-255"),
    ],
)
def test_a_wrong_value_is_one_sentence_with_field_value_and_what_is_allowed(field, value, said):
    with pytest.raises(CnnlabError) as caught:
        TrainConfig(**{field: value})
    sentence = str(caught.value)
    assert sentence.startswith(f"{field} is ") and said in sentence and "\n" not in sentence
    assert str(value) in sentence


def test_text_from_a_command_line_is_understood():
    config = TrainConfig().replace(epochs="2", learning_rate="1e-2", optimizer="sgd")
    assert (config.epochs, config.learning_rate, config.optimizer) == (2, 0.01, "sgd")


def test_faults_from_a_command_line_are_understood_and_off_by_default():
    typed = {"train_images": "550", "wrong_labels": "0.2", "test_leak": "true", "order": "sorted", "pixels": "raw-255"}
    config = TrainConfig().replace(**typed)
    assert (config.train_images, config.wrong_labels, config.test_leak) == (550, 0.2, True)
    assert (config.order, config.weights, config.pixels) == ("sorted", "random", "raw-255")
    usual = TrainConfig()
    assert not (usual.train_images or usual.wrong_labels or usual.test_leak)
    assert (usual.order, usual.weights, usual.pixels) == ("shuffled", "random", "unit")


def test_zero_weights_and_those_of_another_run_exclude_each_other():
    with pytest.raises(CnnlabError, match="weights is 'zero', but start_from is 'draw'"):
        TrainConfig(weights="zero", start_from="draw")


def test_an_unknown_field_is_named():
    with pytest.raises(CnnlabError, match="'lr' is no setting.*learning_rate"):
        TrainConfig().replace(lr=1)


def test_round_trips_through_json():
    config = TrainConfig(recipe="x", epochs=7, learning_rate=0.02, optimizer="sgd", momentum=0.9)
    assert TrainConfig.from_dict(json.loads(json.dumps(config.as_dict()))) == config


def test_is_immutable():
    with pytest.raises(AttributeError):
        TrainConfig().epochs = 5


def test_recipes_are_named_as_their_configs_say():
    assert all(name == each.config.recipe for name, each in RECIPES.items())
    with pytest.raises(CnnlabError, match="'a9'.*a0-simple-cnn"):
        recipe("a9")


def test_a0_is_the_article():
    config = recipe("a0-simple-cnn").config
    assert (config.network, config.optimizer, config.learning_rate, config.batch_size, config.epochs) == (
        "simple-cnn",
        "adam",
        1e-3,
        64,
        3,
    )


ARTICLES = {  # network, split, optimizer, rate, momentum, batch size, epochs, reported
    "a1-batch-norm": ("bn-cnn", "test-seen", "adam", 1e-3, 0.0, 100, 10, 0.9910),
    "a2-mnist": ("mnist-net", "test-seen", "adam", 1e-3, 0.0, 64, 5, None),
    "a2-lenet5": ("lenet-5", "test-seen", "adam", 1e-3, 0.0, 64, 5, None),
    "a3-conv-net": ("conv-net", "test-halves", "sgd", 1e-3, 0.9, 64, 20, 0.9906),
    "a4-digit-net": ("digit-net", "test-seen", "sgd", 0.01, 0.9, 64, 10, None),
    "a4-repaired": ("digit-net-repaired", "test-seen", "sgd", 0.01, 0.9, 64, 10, None),
    "a4-improved": ("improved-net", "holdout", "adam", 1e-3, 0.0, 64, 50, None),
}


@pytest.mark.parametrize("name", ARTICLES)
def test_recipes_are_the_articles(name):
    found = recipe(name)
    config = found.config
    assert (
        config.network,
        config.split,
        config.optimizer,
        config.learning_rate,
        config.momentum,
        config.batch_size,
        config.epochs,
        found.reported,
    ) == ARTICLES[name]
    assert found.deviation and not config.options and config.dataset == "mnist"


def test_a3_measures_the_whole_validation_half_every_100_batches_and_a4_halves_its_rate():
    a3, improved = recipe("a3-conv-net").config, recipe("a4-improved").config
    assert (a3.eval_every, a3.eval_images) == (100, 5_000)
    assert (improved.schedule, improved.patience, improved.gamma, improved.keep) == ("plateau", 5, 0.5, 1)


def test_a2s_cifar10_project():
    config = recipe("a2-cifar10").config
    assert (config.network, config.dataset, config.batch_size, config.epochs) == ("resnet", "cifar10", 128, 180)
    assert (config.optimizer, config.learning_rate, config.momentum, config.weight_decay) == ("sgd", 0.1, 0.9, 5e-4)
    assert (config.schedule, config.milestones, config.gamma) == ("multistep", (100, 150), 0.1)
    assert (config.augment_crop, config.augment_flip, config.keep) == (4, 0.5, 1)


def test_a_run_followed_a_recipe_when_only_chance_and_measuring_differ():
    a0 = recipe("a0-simple-cnn")
    assert a0.describes(a0.config.replace(seed=7, device="cpu", eval_every=10, keep=3))
    assert not a0.describes(a0.config.replace(epochs=1))
    assert not a0.describes(a0.config.replace(**{"options.dropout": 0.5}))
    assert not a0.describes(recipe("a1-batch-norm").config)
