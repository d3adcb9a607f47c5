"""What a run's name says of its settings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cnnlab.runs.launch import run_name
from cnnlab.training import differences
from cnnlab.training.recipes import RECIPES

A0 = RECIPES["a0-simple-cnn"].config


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({}, "a0-simple-cnn"),
        ({"learning_rate": 10.0}, "a0-simple-cnn-lr-10"),
        ({"learning_rate": 1e-05}, "a0-simple-cnn-lr-1e-05"),
        ({"optimizer": "sgd", "momentum": 0.9}, "a0-simple-cnn-sgd-momentum-0.9"),
        ({"epochs": 24, "batch_size": 256}, "a0-simple-cnn-batch-256-epochs-24"),
        ({"options": {**A0.options, "dropout": 0.4}}, "a0-simple-cnn-dropout-0.4"),
        ({"eval_every": 7, "device": "cpu"}, "a0-simple-cnn"),  # change nothing that is learned
        ({"train_images": 550, "wrong_labels": 0.2}, "a0-simple-cnn-images-550-wrong-labels-0.2"),
        ({"order": "sorted", "weights": "zero"}, "a0-simple-cnn-sorted-weights-zero"),
        ({"pixels": "raw-255", "test_leak": True}, "a0-simple-cnn-raw-255-test-leak"),
        ({"network": "lenet-5", "options": {}}, "lenet-5"),
    ],
)
def test_a_run_is_called_after_what_differs_from_its_recipe(change, name):
    said = run_name(replace(A0, **change))
    assert sorted(said.split("-")) == sorted(name.split("-")), said


def test_people_read_the_same_in_words():
    faults = {"train_images": 550, "wrong_labels": 0.2, "order": "sorted", "weights": "zero", "test_leak": True}
    said = differences.in_words(A0.replace(learning_rate=10, **faults), A0)
    assert sorted(said) == [
        "learning rate 10",
        "sorted",
        "test leak",
        "train images 550",
        "weights zero",
        "wrong labels 0.2",
    ]
    assert differences.in_words(A0, A0.replace(test_leak=True)) == ["no test leak"]


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_run_that_follows_its_recipe_has_its_name(recipe):
    assert run_name(RECIPES[recipe].config) == recipe
