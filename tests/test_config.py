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
        ("network", "resnet-1000", "choose one of draw-net, gap-cnn"),
        ("dataset", "svhn", "choose one of mnist"),
        ("split", "half", "choose one of holdout"),
        ("device", "tpu", "choose one of auto, cpu, cuda, mps"),
        ("seed", -1, "must lie between"),
        ("momentum", 1.5, "must lie between"),
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
