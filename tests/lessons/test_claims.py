"""The figures that the lessons state, measured anew: with numpy and torch alone where that is possible."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from cnnlab import models
from cnnlab.common import paths
from cnnlab.inspection.attribution import METHODS
from cnnlab.lessons import course
from cnnlab.lessons.steps import Step
from cnnlab.runs import store

SHIPPED = paths.LAB / "checkpoints"
EDGE = torch.tensor([[0.0, 0, 1, 1, 1]] * 5)
SOBEL_X = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])


def step(lesson: str, title: str) -> Step:
    return next(each for each in course.lesson(lesson).steps if each.title == title)


def answer(asked: Step) -> str:
    return asked.question.choices[asked.truth]


def network(name: str, epoch: int):
    return store.load(store.open_run(SHIPPED / name), epoch).model.eval()


@pytest.fixture(scope="module")
def test_images(mnist):
    return mnist[1].images, mnist[1].labels.numpy()


@pytest.fixture(scope="module")
def probabilities(test_images):
    """Of A0's shipped run after its last epoch, float32 [10,000, 10]."""
    return models.logits_of(network("a0-simple-cnn", 3), test_images[0]).softmax(1).numpy()


def sums(image: torch.Tensor, kernel: torch.Tensor, padding: int = 0) -> np.ndarray:
    return F.conv2d(image[None, None], kernel[None, None], padding=padding)[0, 0].numpy()


def test_the_sums_of_the_first_lesson():
    a2 = torch.tensor([[1.0, 0, 0, 1, 0], [0, 1, 1, 0, 1], [1, 0, 1, 0, 1], [0, 1, 0, 1, 0], [1, 0, 1, 0, 1]])
    cross = torch.tensor([[1.0, 0, 1], [0, 1, 0], [1, 0, 1]])
    assert answer(step("1-convolution", "Work one out yourself")) == f"{sums(a2, cross)[1, 1]:g}" == "4"
    upright, level = sums(EDGE, SOBEL_X), sums(EDGE, SOBEL_X.T)
    assert upright.tolist() == [[4, 4, 0]] * 3 and not level.any()
    assert answer(step("1-convolution", "The same kernel, turned")) == "Only zeros"
    assert answer(step("1-convolution", "How large is the output?")) == "{} × {}".format(*sums(a2, cross, 1).shape)
    link = step("1-convolution", "A kernel that finds edges").link
    drawn = [[float(cell) for cell in row.split("_")] for row in link.query["input"][0].split("~")]
    assert drawn == EDGE.tolist() and link.query["kernel"] == ("sobel-x",)


@pytest.mark.slow
def test_what_the_second_lesson_says_of_the_shipped_run(test_images):
    images, labels = test_images
    untrained = network("a0-simple-cnn", 0)
    said = models.logits_of(untrained, images).argmax(1).numpy()
    assert sorted(set(said.tolist())) == [3, 8]
    asked = step("2-first-network", "Before it has learned anything")
    assert answer(asked) == f"About {round((said == labels).mean(), 1):.0%}".removesuffix("%")
    weights = sum(each.numel() for each in untrained.parameters())
    assert f"All {weights:,} numbers" in step("2-first-network", "The network").text
    first = json.loads((SHIPPED / "a0-simple-cnn" / "run.json").read_text())["epochs"][1]["val_accuracy"]
    asked = step("2-first-network", "Start")
    assert f"was at {100 * first:.1f} after" in asked.reveal and answer(asked) == f"About {100 * first:.0f}"


@pytest.mark.slow
def test_what_the_third_lesson_says_of_a_kernel_and_of_what_is_seen(test_images, probabilities):
    images, labels = test_images
    without = network("a0-simple-cnn", 3)
    with torch.no_grad():
        without.conv1.weight[6], without.conv1.bias[6] = 0, 0
    right = int((models.logits_of(without, images).argmax(1).numpy() == labels).sum())
    asked = step("3-what-the-layers-see", "Which kernel does it need?")
    assert asked.revealed.query["off"] == ("6",)
    assert answer(asked) == f"About {round((probabilities.argmax(1) == labels).sum() - right, -2)}"
    network_a0 = network("a0-simple-cnn", 3)
    seen = network_a0.conv1.kernel_size[0] + 1 + 2 * (network_a0.conv2.kernel_size[0] - 1)  # 2×2 pooling between them
    assert f"It sees {seen} × {seen} pixels" in step("3-what-the-layers-see", "Deeper down").text
    assert len(METHODS) == 3 and step("3-what-the-layers-see", "Which pixels mattered?").text.startswith("Three ways")


def test_what_the_fourth_lesson_counts(test_images, probabilities):
    labels = test_images[1]
    said, sure = probabilities.argmax(1), probabilities.max(1)
    wrong = said != labels
    assert f"reads {(~wrong).sum():,} of 10,000 test digits right" in step("4-where-it-fails", "98.9 per cent").text
    pairs = {
        (a, b): int(((labels == a) & (said == b)).sum() + ((labels == b) & (said == a)).sum())
        for a in range(10)
        for b in range(a)
    }
    (most, ten), (second, nine) = sorted(pairs.items(), key=lambda each: -each[1])[:2]
    asked = step("4-where-it-fails", "Which two?")
    assert (most, second) == ((7, 2), (9, 4)) and answer(asked) == "2 and 7"
    assert (ten, nine) == (10, 9) and asked.reveal.startswith(
        "Ten times: five each way. 4 and 9 come next, nine times."
    )
    assert ((labels == 2) & (said == 7)).sum() == ((labels == 7) & (said == 2)).sum() == 5
    asked = step("4-where-it-fails", "How sure is it?")
    silent = sure < 0.9
    assert answer(asked) == str((wrong & ~silent).sum()) and f"its {wrong.sum()} mistakes" in asked.question.text
    assert f"silent on {silent.sum()} images, and {(wrong & silent).sum()} of the {wrong.sum()}" in asked.reveal
    assert (wrong & (sure >= 0.98)).any()


def moved(image: torch.Tensor, dx: int, dy: int) -> torch.Tensor:
    """Moved by hand: black follows, what leaves the frame is lost."""
    canvas = torch.zeros(1, 28 + 2 * 14, 28 + 2 * 14, dtype=image.dtype)
    canvas[:, 14 + dy : 42 + dy, 14 + dx : 42 + dx] = image
    return canvas[:, 14:42, 14:42]


def test_what_the_fifth_lesson_says_of_the_4(test_images):
    four = test_images[0][4]
    assert test_images[1][4] == 4
    rows, cols = np.nonzero(four[0].numpy())
    inside = [
        (dx, dy) for dx in range(-cols.min(), 28 - cols.max()) for dy in range(-rows.min(), 28 - rows.max())
    ]  # fmt: skip
    frame = torch.stack([moved(four, dx, dy) for dx, dy in inside])
    assert frame.long().sum((1, 2, 3)).unique().tolist() == [int(four.long().sum())], "no ink is lost"
    plain, augmented, polyphase = (
        network(name, epoch) for name, epoch in (("a0-simple-cnn", 3), ("shift-augmented", 8), ("polyphase", 4))
    )
    read = models.logits_of(plain, frame).softmax(1)
    at = {offset: read[place] for place, offset in enumerate(inside)}
    assert at[-3, 0].argmax() == 4
    asked = step("5-shifted-4", "Another direction")
    assert {name: texts for name, texts in asked.revealed.query.items() if name[0] == "d"} == {
        "dx": ("2",),
        "dy": ("3",),
    }
    assert (
        answer(asked) == f"A {at[2, 3].argmax()}" and f"It is {at[2, 3].max():.0%}".replace("%", " %") in asked.reveal
    )
    every = step("5-shifted-4", "Every offset")
    shown = tuple(int(every.link.query[name][0]) for name in ("dx", "dy"))
    assert at[shown].argmax() != 4, "the place that is open is one of them"
    assert f"these {len(inside)} 4s" in every.text
    assert f"something else at {(read.argmax(1) != 4).sum()} of them" in every.text
    repaired = models.logits_of(augmented, frame).argmax(1)
    assert (repaired == 4).all() and f"at all {len(inside)} offsets" in step(
        "5-shifted-4", "Repair it with data"
    ).reveal
    circular = torch.stack([four.roll((dy, dx), (1, 2)) for dx in range(-14, 15) for dy in range(-14, 15)])
    sure = models.logits_of(polyphase, circular).softmax(1)[:, 4]
    assert f"at all {len(sure)} offsets" in step("5-shifted-4", "Repair it by construction").text
    assert sure.min() > 0.99


@pytest.mark.slow
def test_what_the_fifth_lesson_says_of_the_test_set(test_images):
    images, labels = test_images[0][::5], test_images[1][::5]
    plain = network("a0-simple-cnn", 3)
    eight = [(x, y) for x in (-4, 0, 4) for y in (-4, 0, 4) if (x, y) != (0, 0)]
    right = [
        (
            models.logits_of(plain, torch.stack([moved(each, *offset) for each in images])).argmax(1).numpy() == labels
        ).mean()
        for offset in eight
    ]
    asked = step("5-shifted-4", "Not one digit: two thousand")
    assert answer(asked) == f"About {5 * round(20 * float(np.mean(right)))}"
