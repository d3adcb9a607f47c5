"""Preparing a run for every front end: its data, device, folder, and what it takes from earlier runs."""

from __future__ import annotations

from pathlib import Path

from cnnlab import models
from cnnlab.common import paths
from cnnlab.data import datasets
from cnnlab.data.datasets.mnist import Progress
from cnnlab.data.splits import Split, split
from cnnlab.data.spoiling import spoiled
from cnnlab.errors import CnnlabError
from cnnlab.models import custom_store
from cnnlab.runs import names, store
from cnnlab.runs.store import RunWriter
from cnnlab.training.config import TrainConfig
from cnnlab.training.devices import resolve
from cnnlab.training.differences import differences
from cnnlab.training.methods.transfer_learning import Sources, Start, fitting, freeze
from cnnlab.training.prepared_run import PreparedRun
from cnnlab.training.recipes import RECIPES
from cnnlab.training.results import LaneMark, StudyMark


def prepare(
    config: TrainConfig,
    root: Path,
    on_progress: Progress | None = None,
    lane: LaneMark | None = None,
    study: StudyMark | None = None,
    name: str = "",
) -> PreparedRun:
    """All that a run by `config` needs; its folder under `root` is made when it begins.

    on_progress is told of downloads; lane, study: its place in a race, in a study; name: what it is called, by default
    run_name. Raises CnnlabError for a device this machine lacks, data that cannot be had, or earlier runs that do not
    fit.
    """
    device = resolve(config.device)
    parts = data_of(config, on_progress)

    def open_recorder() -> RunWriter:
        called = name or run_name(config)
        return RunWriter(root, config, parts.train.classes, parts.train.image_shape, called, lane, study)

    return PreparedRun(config, parts, device, open_recorder, sources(config, parts), lane=lane, study=study)


def resume(run: store.Run, on_progress: Progress | None = None) -> PreparedRun:
    """An interrupted run, to go on from where its kept state stands; it ends as if it had not been interrupted.

    Raises CnnlabError where that state is missing or damaged, and as prepare does.
    """
    config, state = run.config, store.load_state(run)
    if store.in_training(run.path):
        raise CnnlabError(f"{run.name} is still training: stop it before it is gone on with.")
    parts = data_of(config, on_progress)
    if (parts.train.classes, parts.train.image_shape) != (run.record.classes, run.record.image_shape):
        raise CnnlabError(f"{run.name} cannot be gone on with: {config.dataset} has other images or classes now.")
    device = resolve(config.device)
    started = sources(config.replace(start_from=""), parts)  # the weights it began with have been trained since
    lane, study = run.record.lane, run.record.study
    return PreparedRun(config, parts, device, lambda: RunWriter.reopened(run), started, state, lane=lane, study=study)


def data_of(config: TrainConfig, on_progress: Progress | None = None) -> Split:
    """What a run by `config` learns from, validates and tests on; only what it learns from has the config's faults.

    Raises CnnlabError where the data cannot be had or are too few.
    """
    parts = split(config.split, *datasets.load(config.dataset, on_progress))
    return spoiled(
        parts,
        train_images=config.train_images,
        wrong_labels=config.wrong_labels,
        test_leak=config.test_leak,
        seed=config.seed,
    )


def run_name(config: TrainConfig) -> str:
    """What a run is called: after its recipe and whatever differs from that, "a0-simple-cnn-lr-10".

    Where the network is not the recipe's, it takes the recipe's place.
    """
    recipe = RECIPES.get(config.recipe)
    stem = config.recipe
    if config.network == custom_store.CUSTOM or (recipe and recipe.config.network != config.network):
        stem = custom_store.name_of(config.network, config.options)
    apart = differences(config, recipe.config) if recipe else []
    return names.cleaned("-".join([stem, *apart]))


def sources(config: TrainConfig, parts: Split, root: Path | None = None) -> Sources:
    """What the settings start_from, freeze and teacher name, loaded from the runs under `root` and checked.

    root: paths.checkpoints() by default. Raises CnnlabError naming what does not fit.
    """
    root, train = root or paths.checkpoints(), parts.train
    start = teacher = None
    if config.start_from:
        found = store.load(*store.find_run(config.start_from, root))
        start = Start(config.start_from, found.config.network, tuple(found.classes), found.model.state_dict())
    if start or config.freeze:
        outline = models.outline(config.network, models.ImageSpec.of(train), options=config.options)
        if start:
            fitting(outline, start, train.classes)
        freeze(outline, config.freeze)
    if config.teacher:
        found = store.load(*store.find_run(config.teacher, root))
        if tuple(found.classes) != tuple(train.classes) or tuple(found.image_shape) != tuple(train.image_shape):
            raise CnnlabError(
                f"teacher is {config.teacher!r}: it was trained on {found.config.dataset}, not on images and classes "
                f"like those of {config.dataset}; choose a run of the same data set."
            )
        teacher = found.model
    return Sources(start, teacher)
