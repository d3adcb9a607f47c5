"""The whole program of a run or a recipe: what it is in words, and its parts in order."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata

import torch

from cnnlab import models
from cnnlab.data.datasets import registry
from cnnlab.errors import CnnlabError
from cnnlab.models.families.ensemble_net import NAME as ENSEMBLE
from cnnlab.runs import store
from cnnlab.runs.export.script.augmentation_source import augmentation_section, augments
from cnnlab.runs.export.script.bundle import WIDEST
from cnnlab.runs.export.script.code_section import CodeSection, indented
from cnnlab.runs.export.script.data_source import check_dataset, data_section
from cnnlab.runs.export.script.network_source import network_source
from cnnlab.runs.export.script.spoiling_source import spoiling_section, spoils
from cnnlab.runs.export.script.training_source import (
    Origins,
    main_section,
    model_section,
    settings_section,
    training_section,
)
from cnnlab.runs.store import Run
from cnnlab.training.config import TrainConfig
from cnnlab.training.methods.transfer_learning import head
from cnnlab.training.recipes import RECIPES, Recipe
from cnnlab.training.results import LEARNING_RATE


@dataclass(frozen=True)
class Script:
    """A program. name: of its file, without an ending; title, about: what it is, a paragraph each."""

    name: str
    title: str
    about: tuple[str, ...]
    sections: tuple[CodeSection, ...]

    @property
    def python(self) -> str:
        """As one Python file."""
        said = [f'"""{self.title}', *(paragraph for each in self.about for paragraph in ("", *_wrapped(each))), '"""']
        parts = ["\n".join(said), "from __future__ import annotations", "\n".join(sorted_imports(self))]
        sections = [f"{_heading(section)}\n\n{_guarded(section)}" for section in self.sections]
        return "\n\n".join([*parts, "\n\n\n".join(sections)]) + "\n"


def code_of(reference: str) -> Script:
    """The program of the run or recipe `reference`; a run goes before a recipe of its name.

    Raises CnnlabError naming the runs and recipes there are, or what cannot be written as code.
    """
    try:
        found, _ = store.find_run(reference)
    except CnnlabError as error:
        if reference in RECIPES:
            return recipe_script(RECIPES[reference])
        raise CnnlabError(f"{str(error).removesuffix('.')}; or name a recipe: {', '.join(RECIPES)}.") from error
    return run_script(found)


def run_script(run: Run) -> Script:
    """The program that makes `run` again. Raises CnnlabError naming what cannot be written."""
    outcome = run.outcome
    about = [_recipe_words(run.config)]
    if outcome and outcome.test_accuracy is not None:
        about.append(
            f"The run {run.name} reached {outcome.test_accuracy:.2%} on {outcome.test_images:,} test images after "
            f"{outcome.epochs} epochs (torch {torch.__version__.split('+')[0]} wrote this file)."
        )
    elif outcome:
        about.append(f"The run {run.name} was stopped after {outcome.epochs} whole epochs; this trains to the end.")
    changes = {event.step: event.value for event in run.record.events if event.what == LEARNING_RATE and event.value}
    return _script(run.name, f"{run.name}, made again with torch and torchvision alone.", about, run.config, changes)


def recipe_script(recipe: Recipe) -> Script:
    """The program of a recipe. Raises CnnlabError naming what cannot be written."""
    return config_script(recipe.config, recipe.name)


def config_script(config: TrainConfig, name: str) -> Script:
    """The program of settings that need not have been run. Raises CnnlabError naming what cannot be written."""
    title = RECIPES[config.recipe].title if config.recipe in RECIPES else name
    return _script(name, f"{title}, with torch and torchvision alone.", [_recipe_words(config)], config, {})


def _script(name: str, title: str, about: Iterable[str], config: TrainConfig, by_hand: dict[int, float]) -> Script:
    if config.network == ENSEMBLE:
        raise CnnlabError("network is 'ensemble': it was not trained as one; take the code of each of its members.")
    check_dataset(config.dataset)
    spec = registry.spec(config.dataset)
    network = network_source(config.network, config.options, spec.shape, spec.classes)
    origins = Origins(by_hand, _new_head(config, spec))
    sections = [
        settings_section(config, origins),
        data_section(config.dataset, config.split, bool(network.arguments)),
        *([spoiling_section(config, spec.classes)] if spoils(config) else []),
        *([augmentation_section(config)] if augments(config) else []),
        model_section(config, network, origins),
        training_section(config, network, origins),
        main_section(config, network),
    ]
    torch_version, torchvision_version = map(_version, ("torch", "torchvision"))
    needs = f"It needs torch {torch_version} and torchvision {torchvision_version} or newer: run it with Python."
    return Script(name, title, (*filter(None, about), needs), tuple(sections))


def _version(package: str) -> str:
    """Its first two numbers; torchvision is not imported for it, which takes a second."""
    return ".".join(metadata.version(package).split("+")[0].split(".")[:2])


def _new_head(config: TrainConfig, spec: registry.DatasetSpec) -> str:
    """The layer that `start_from` does not give, because its run has other classes; "" where it gives all."""
    if not config.start_from:
        return ""
    source, _ = store.find_run(config.start_from)
    if source.config.dataset == config.dataset:
        return ""
    with torch.device("meta"):
        model = models.outline(config.network, models.ImageSpec(spec.shape, spec.classes), options=config.options)
    return head(model)


def _recipe_words(config: TrainConfig) -> str:
    recipe = RECIPES.get(config.recipe)
    if recipe is None:
        return ""
    return " ".join(filter(None, (recipe.note, recipe.source, recipe.deviation)))


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDEST)


def _heading(section: CodeSection) -> str:
    """A comment above a part."""
    return "\n".join(f"# {line}" for line in (f"{section.title}.", *textwrap.wrap(section.about, WIDEST - 2)))


def _guarded(section: CodeSection) -> str:
    if not section.runs:
        return "\n" * section.code.startswith(("def ", "class ", "@")) + section.code
    return "\n".join(['if __name__ == "__main__":', *indented(section.code.split("\n"))])


def sorted_imports(script: Script) -> list[str]:
    """The import statements of all its parts as ruff sorts them: the standard library, an empty line, the others."""
    imports = {statement for section in script.sections for statement in section.imports}
    merged: dict[str, set[str]] = {}
    for statement in imports:
        if statement.startswith("from "):
            module, _, names = statement.removeprefix("from ").partition(" import ")
            merged.setdefault(module, set()).add(names)
    lines = [each for each in imports if each.startswith("import ")]
    for module, found in merged.items():
        plain = sorted(each for each in found if " as " not in each)
        lines += [f"from {module} import {', '.join(plain)}"] * bool(plain)
        lines += [f"from {module} import {each}" for each in sorted(found - set(plain))]
    lines.sort(key=lambda line: (line.startswith("from "), line))
    others = [line for line in lines if line.split()[1].split(".")[0] in ("numpy", "torch", "torchvision")]
    return [*(line for line in lines if line not in others), "", *others]
