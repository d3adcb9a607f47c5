"""The written programs: they need torch and torchvision alone, and they learn what the run learned."""

from __future__ import annotations

import ast
import dataclasses
import sys

import pytest
import torch
from torch.nn import functional as F

from cnnlab.data.dataset import Dataset, channel_statistics
from cnnlab.data.splits import Split, split
from cnnlab.data.spoiling import spoiled
from cnnlab.errors import CnnlabError
from cnnlab.runs import store
from cnnlab.runs.export.script import whole_script
from cnnlab.runs.export.script.whole_script import code_of, config_script, recipe_script, run_script
from cnnlab.training.config import TrainConfig
from cnnlab.training.methods.transfer_learning import Sources, Start
from cnnlab.training.recipes import RECIPES
from cnnlab.training.results import LEARNING_RATE, Event
from tests.support.written_programs import imported, its_losses, our_losses

pytestmark = pytest.mark.slow

STEPS = 4
HEAVY = ("draw", "a4-improved", "a4-residual", "best-accuracy")
SMALL = TrainConfig(epochs=3, batch_size=100, device="cpu")
FAULTS = ("train_images", "wrong_labels", "test_leak")


@pytest.fixture(scope="module")
def few(mnist):
    """300 images to train on, 200 to validate, 100 to test."""
    train, test = mnist
    return Split(train.part(0, 300), train.part(55_000, 55_200), test.part(0, 100))


@pytest.fixture(scope="module")
def coloured(mnist):
    """Digits as red, green and blue pictures of 32×32."""
    grey = F.pad(mnist[0].images[:600], (2, 2, 2, 2))
    images = torch.cat((grey, grey // 2, 255 - grey), 1)
    data = Dataset(images, mnist[0].labels[:600], mnist[0].classes, *channel_statistics(images))
    return Split(data.part(0, 300), data.part(300, 400), data.part(400, 600))


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipes_program_needs_torch_and_torchvision_alone(name):
    allowed = {*sys.stdlib_module_names, "torch", "torchvision"}
    tree = ast.parse(recipe_script(RECIPES[name]).python)
    used = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    used |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {each.split(".")[0] for each in used} <= allowed


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in HEAVY)) for name in RECIPES if name != "a2-cifar10"]
)
def test_a_recipes_program_loses_what_the_recipe_loses(name, mnist, tmp_path):
    config = RECIPES[name].config.replace(device="cpu")
    parts = split(config.split, *mnist)
    program = imported(config_script(config, name), tmp_path)
    assert its_losses(program, parts, STEPS) == pytest.approx(our_losses(config, parts, STEPS), rel=1e-6)


def test_the_colour_recipes_program_too(coloured, tmp_path):
    config = RECIPES["a2-cifar10"].config.replace(device="cpu", batch_size=50)
    program = imported(config_script(config, "a2-cifar10"), tmp_path)
    assert its_losses(program, coloured, STEPS) == pytest.approx(our_losses(config, coloured, STEPS), rel=1e-6)


@pytest.mark.parametrize("name", ["holdout", "test-halves", "test-seen", "none"])
def test_the_data_are_cut_as_the_run_cuts_them(name, mnist, tmp_path):
    program = imported(config_script(SMALL.replace(network="bn-cnn", split=name), "x"), tmp_path)
    *parts, mean, std = program.load()
    for mine, theirs in zip(parts, split(name, *mnist), strict=True):
        assert (mine is None) == (theirs is None)
        if mine is not None:
            assert torch.equal(mine[0], theirs.images) and torch.equal(mine[1], theirs.labels)
    assert (mean, std) == (mnist[0].mean, mnist[0].std)


@pytest.mark.parametrize(
    "changes",
    [
        {"optimizer": "rmsprop", "momentum": 0.5, "weight_decay": 0.01},
        {"optimizer": "sgd", "momentum": 0.9, "nesterov": True, "learning_rate": 0.05},
        {"optimizer": "adamw", "schedule": "cosine"},
        {"schedule": "step", "step_size": 1, "gamma": 0.5},
        {"schedule": "multistep", "milestones": (1, 2), "gamma": 0.2},
        {"schedule": "one-cycle", "learning_rate": 0.01},
        {"schedule": "plateau", "patience": 0, "learning_rate": 0.05, "gamma": 0.3},
        {"early_stopping": 1, "learning_rate": 0.1},
        {"ema": 0.9},
        {"label_smoothing": 0.1},
        {"mixed_precision": True},
        {"network": "bn-cnn", "freeze": ("conv1", "bn1")},
        {"augment_crop": 3, "augment_erasing": 0.5, "augment_elastic": 1.0},
        {"augment_forms": 0.5, "augment_thickness": 1.0, "outliers": 0.2},
        {"dataset": "kmnist", "augment_rotation": 20},
        {"order": "sorted"},
        {"weights": "zero"},
        {"pixels": "raw-255", "network": "bn-cnn"},
        {"wrong_labels": 0.3, "train_images": 150},
        {"test_leak": True},
        {"seed": 7, "options": {"channels": [4, 8], "hidden": 16}},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_every_setting_is_carried_out_as_the_trainer_does(changes, few, tmp_path):
    config = SMALL.replace(**changes)
    parts = spoiled(few, **{name: getattr(config, name) for name in FAULTS}, seed=config.seed)
    program = imported(config_script(config, "x"), tmp_path)
    ours = our_losses(config, parts, 100)
    assert its_losses(program, few, 100) == pytest.approx(ours, rel=1e-6)
    assert len(ours) <= config.epochs * -(-len(parts.train) // config.batch_size)


def test_a_program_has_every_loss_of_a_run_that_stopped_early(few, tmp_path):
    config = SMALL.replace(early_stopping=1, learning_rate=0.3, epochs=20)
    ours = our_losses(config, few, 100)
    assert len(ours) < 60
    assert len(its_losses(imported(config_script(config, "x"), tmp_path), few, 100)) == len(ours)


def test_its_score_is_the_laboratorys(few, tmp_path):
    program = imported(config_script(SMALL, "x"), tmp_path)
    model = program.new_network()
    logits = model.eval()(few.test.images.float() / 255)
    loss, accuracy = program.score(model, (few.test.images, few.test.labels))
    assert loss == pytest.approx(F.cross_entropy(logits, few.test.labels).item(), rel=1e-5)
    assert accuracy == pytest.approx((logits.argmax(1) == few.test.labels).float().mean().item())


@pytest.mark.slow
def test_fifty_steps_and_the_accuracy_of_a_whole_run(small, trained, tmp_path):
    run = store.open_run(trained[0] / "small")
    program = imported(run_script(run), tmp_path)
    parts = [(part.images, part.labels) for part in small]
    model = program.new_network()
    losses = list(program.train(model, parts[0], parts[1]))
    kept = dict(run.record.losses)
    assert [losses[step - 1] for step in kept] == pytest.approx(list(kept.values()), rel=1e-5, abs=1e-5)
    assert len(losses) == 40 and program.score(model, parts[2])[1] == pytest.approx(run.outcome.test_accuracy)


def test_a_rate_that_was_set_by_hand_is_in_the_program(trained, few, tmp_path):
    run = store.open_run(trained[0] / "small")
    config = run.config.replace(schedule="cosine")
    event = Event(2, LEARNING_RATE, 0.02)
    changed = dataclasses.replace(run, record=dataclasses.replace(run.record, config=config, events=(event,)))
    program = imported(run_script(changed), tmp_path)
    ours = our_losses(config, few, 6, by_hand={2: 0.02})
    assert its_losses(program, few, 6) == pytest.approx(ours, rel=1e-6)
    assert ours != pytest.approx(our_losses(config, few, 6), rel=1e-3)


def test_what_cannot_be_written_is_refused_in_a_sentence(monkeypatch):
    for changes, sentence in (
        ({"dataset": "folder:mine"}, "dataset is 'folder:mine'"),
        ({"network": "ensemble"}, "network is 'ensemble'"),
    ):
        with pytest.raises(CnnlabError, match=sentence):
            config_script(SMALL.replace(**changes), "x")
    with pytest.raises(CnnlabError, match="There is no run 'ghost'.*or name a recipe: a0-simple-cnn"):
        code_of("ghost")


def test_a_run_goes_before_a_recipe_and_says_what_it_reached(trained, monkeypatch):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    assert code_of("draw").title.startswith("DrawNet")
    run = store.open_run(trained[0] / "small")
    assert f"reached {run.outcome.test_accuracy:.2%} on 1,000 test images after 2 epochs" in code_of("small").python


def test_transferred_weights_and_a_teacher_come_from_exported_files(few, trained, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    found = store.load(*store.find_run("small"))
    config = SMALL.replace(start_from="small", teacher="small", freeze=("conv1",))
    program = imported(whole_script.config_script(config, "x"), tmp_path)
    assert "cnnlab export small start.pt2 --format pt2" in config_script(config, "x").python
    images = torch.rand(2, 1, 28, 28)
    batch = {0: torch.export.Dim("batch", min=1)}
    torch.export.save(torch.export.export(found.model, (images,), dynamic_shapes=(batch,)), tmp_path / "small.pt2")
    program.START_FROM = program.TEACHER = str(tmp_path / "small.pt2")
    start = Start("small", "simple-cnn", tuple(found.classes), found.model.state_dict())
    ours = our_losses(config, few, 6, Sources(start, found.model))
    assert its_losses(program, few, 6) == pytest.approx(ours, rel=1e-5)


CHANGES = {  # of every setting, with what it needs beside it
    "recipe": {"recipe": "gap"},
    "network": {"network": "gap-cnn"},
    "options": {"options": {"hidden": 9}},
    "dataset": {"dataset": "kmnist"},
    "split": {"split": "none"},
    "epochs": {"epochs": 9},
    "batch_size": {"batch_size": 9},
    "optimizer": {"optimizer": "rmsprop"},
    "learning_rate": {"learning_rate": 0.5},
    "schedule": {"schedule": "cosine"},
    "step_size": {"schedule": "step", "step_size": 2},
    "milestones": {"schedule": "multistep", "milestones": (2,)},
    "gamma": {"schedule": "plateau", "gamma": 0.4},
    "patience": {"schedule": "plateau", "patience": 3},
    "momentum": {"optimizer": "sgd", "momentum": 0.4},
    "nesterov": {"optimizer": "sgd", "momentum": 0.4, "nesterov": True},
    "weight_decay": {"weight_decay": 0.1},
    "label_smoothing": {"label_smoothing": 0.1},
    "ema": {"ema": 0.9},
    "mixed_precision": {"mixed_precision": True},
    "early_stopping": {"early_stopping": 2},
    "outliers": {"outliers": 0.1},
    "start_from": {"start_from": "small"},
    "freeze": {"freeze": ("conv1",)},
    "teacher": {"teacher": "small"},
    "temperature": {"teacher": "small", "temperature": 2.0},
    "distill_weight": {"teacher": "small", "distill_weight": 0.2},
    "train_images": {"train_images": 100},
    "wrong_labels": {"wrong_labels": 0.1},
    "test_leak": {"test_leak": True},
    "order": {"order": "sorted"},
    "weights": {"weights": "zero"},
    "pixels": {"pixels": "raw-255"},
    "seed": {"seed": 3},
    "device": {"device": "auto"},
    "augment_flip": {"dataset": "fashion-mnist", "augment_flip": 0.5},
    "augment_crop": {"augment_crop": 2},
}
UNHEARD = {"eval_every", "eval_images", "keep"}  # they change nothing that is learned


@pytest.mark.parametrize("name", [each.name for each in dataclasses.fields(TrainConfig) if each.name not in UNHEARD])
def test_no_setting_is_forgotten(name, trained, monkeypatch):
    """A new setting is either written or refused, and entered above."""
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    default = {name: 0.25} if name.startswith("augment_") else {}
    changes = CHANGES.get(name, default)
    assert changes, f"{name} is a new setting: carry it out in the program, and enter it here"
    beside = {key: value for key, value in changes.items() if key != name}
    without = config_script(SMALL.replace(**beside), "x").python if name != "milestones" else ""
    assert config_script(SMALL.replace(**changes), "x").python != without
