"""A run's settings in words: one line of them, and the paragraph about a recipe."""

from __future__ import annotations

from cnnlab.data import datasets
from cnnlab.data.splits import SPLITS
from cnnlab.models import custom_store
from cnnlab.training import differences
from cnnlab.training.config import TrainConfig
from cnnlab.training.recipes import RECIPES
from cnnlab.ui.train.settings import faults

OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "rmsprop": "RMSprop"}
IN_LINE = ("epochs", "batch_size", "optimizer", "learning_rate")


def line(config: TrainConfig) -> str:
    """Recipe or network, epochs, optimiser and batch size, then whatever else differs from the recipe."""
    recipe = RECIPES.get(config.recipe)
    if recipe and recipe.config.network == config.network:
        title = recipe.title
    else:
        title = custom_store.name_of(config.network, config.options)
    usual = config.replace(**{name: getattr(recipe.config, name) for name in IN_LINE}) if recipe else config
    apart = differences.in_words(usual, recipe.config) if recipe else []
    epochs = f"{config.epochs} epoch{'s' * (config.epochs != 1)}"
    return " · ".join([f"**{title}**", epochs, OPTIMIZERS[config.optimizer], f"batch {config.batch_size}", *apart])


def sentences(config: TrainConfig) -> list[str]:
    """What is trained on what, how, and with which additions and faults."""
    data, split = datasets.spec(config.dataset).title.partition(":")[0], SPLITS[config.split]
    momentum = f" with momentum {config.momentum:g}" if config.momentum else ""
    found = [
        f"**{custom_store.name_of(config.network, config.options)}** learns {data}.",
        f"{split[0].upper()}{split[1:]}.",
        f"{config.epochs} epoch{'s' * (config.epochs != 1)} in batches of {config.batch_size}, by "
        f"{OPTIMIZERS[config.optimizer]}{momentum}; learning rate {config.learning_rate:g}, {_schedule(config)}.",
    ]
    added = [f"weight decay {config.weight_decay:g}"] if config.weight_decay else []
    added += [f"label smoothing {config.label_smoothing:g}"] if config.label_smoothing else []
    amounts = {name: value for name, value in config.as_dict().items() if name.startswith("augment_") and value}
    if config.outliers:
        added.append(
            f"{config.outliers:.0%} of each batch letters and scribbles, for which it learns to favour no digit"
        )
    if amounts:
        listed = ", ".join(f"{name.removeprefix('augment_')} {value:g}" for name, value in amounts.items())
        added.append(f"images varied at random ({listed})")
    if added:
        found.append(f"Added: {'; '.join(added)}.")
    return found + faults.sentences(config)


def _schedule(config: TrainConfig) -> str:
    times = f"times {config.gamma:g}"
    return {
        "constant": "constant",
        "step": f"{times} after every {config.step_size} epochs",
        "multistep": f"{times} after epochs {', '.join(map(str, config.milestones))}",
        "plateau": f"{times} when the validation loss has not fallen for {config.patience} epochs",
    }.get(config.schedule, f"{config.schedule} schedule")
