"""The part of a program that varies the training images as the run did, to the last random number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from cnnlab.data.augment.digit_styles import add_digit_styles
from cnnlab.data.augment.geometric import Augmentation
from cnnlab.data.augment.outliers import with_outliers
from cnnlab.data.augment.pen_digits import write_digits
from cnnlab.runs.export.script.bundle import Bundle
from cnnlab.runs.export.script.code_section import CodeSection, indented
from cnnlab.training.config import TrainConfig

ABOUT = (
    "Every image differently at every step, a whole batch at a time. torchvision has such transforms too, but draws "
    "other random numbers: written out, the run's own images come again."
)


def augments(config: TrainConfig) -> bool:
    """Whether its training images are changed."""
    return config.augmentation.active or any((config.augment_forms, config.augment_written, config.outliers))


def augmentation_section(config: TrainConfig) -> CodeSection:
    """A function `augment` for images, labels and a generator, and all that it stands on."""
    bundle = Bundle()
    body = list(_body(config, bundle))
    told = "; and how many, the first ones, still show digits" if config.outliers else ""
    code = [
        "def augment(images, labels, generator):",
        f'    """Images like float [N, C, H, W], 0 to 1, varied at random{told}."""',
        *indented(body),
    ]
    text = "\n".join([bundle.text, "", "", *code])
    return CodeSection("Augmentation", ABOUT, text, frozenset(bundle.imports))


def _body(config: TrainConfig, bundle: Bundle) -> Iterator[str]:
    result = "images"
    if config.outliers:
        name = bundle.add(with_outliers)
        result = "images, known"
        yield f"{result} = {name}(images, labels, {config.outliers!r}, generator)  # the last are letters, scribbles …"
    if config.augment_forms:
        yield f"images = {bundle.add(add_digit_styles)}(images, labels, {config.augment_forms!r}, generator)"
    if config.augment_written:
        yield f"images = {bundle.add(write_digits)}(images, labels, {config.augment_written!r}, generator)"
    augmentation = config.augmentation
    if augmentation.active:
        named = ((each.name, getattr(augmentation, each.name)) for each in fields(augmentation))
        amounts = ", ".join(f"{name}={amount!r}" for name, amount in named if amount)
        yield f"moved = {bundle.add(Augmentation)}({amounts})"
        yield "images = moved(images, generator)"
    yield f"return {result}"
