"""The part of a program that trains: its settings, the optimiser, the loop with every method that the run used."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import nn

from cnnlab import models
from cnnlab.models.modules.normalize import Normalize
from cnnlab.runs.export.script.augmentation_source import augments
from cnnlab.runs.export.script.bundle import Bundle
from cnnlab.runs.export.script.code_section import CodeSection, indented
from cnnlab.runs.export.script.network_source import NetworkSource
from cnnlab.runs.export.script.schedule_source import schedule_lines
from cnnlab.runs.export.script.spoiling_source import spoils
from cnnlab.training.config import TrainConfig
from cnnlab.training.methods.distillation import distillation_loss
from cnnlab.training.methods.early_stopping import BETTER
from cnnlab.training.methods.outlier_exposure import WEIGHT, evenness_loss
from cnnlab.training.methods.spoiled_start import WHITE
from cnnlab.training.optimizers import OptimizerSettings, make_optimizer

TESTED_AT_ONCE = 100  # images
RATES = {
    "constant": "at a constant rate",
    "step": "at a rate that falls in steps",
    "multistep": "at a rate that falls after some epochs",
    "cosine": "at a rate that falls along a cosine",
    "one-cycle": "at a rate that rises and falls in one cycle",
    "plateau": "at a rate that falls when the validation loss no longer does",
}


@dataclass(frozen=True)
class Origins:
    """What a run takes from outside its settings.

    by_hand: learning rates set by hand, by the number of steps done before; new_head: the layer that does not come from
    the run that it starts from, because the classes are others.
    """

    by_hand: Mapping[int, float] = field(default_factory=dict)
    new_head: str = ""


_ORDERS = {
    "shuffled": (
        "generator = torch.Generator().manual_seed(SEED * 10_000 + epoch)",
        "order = torch.randperm(len(images), generator=generator).to(DEVICE)",
    ),
    "sorted": ("order = labels.argsort(stable=True)  # a fault: class after class",),
}


def settings_section(config: TrainConfig, origins: Origins) -> CodeSection:
    """The numbers of the run as constants."""
    lines = [
        f"SEED = {config.seed}  # of the first weights, the order of the images, dropout and augmentation",
        f"EPOCHS = {config.epochs}",
        f"BATCH_SIZE = {config.batch_size}",
        f"LEARNING_RATE = {config.learning_rate!r}",
    ]
    if config.label_smoothing:
        lines.append(f"LABEL_SMOOTHING = {config.label_smoothing!r}  # of each label, spread evenly over all classes")
    if config.ema:
        lines.append(f"KEPT = {config.ema!r}  # of the averaged weights, at a step")
    if config.schedule == "plateau":
        lines.append(f"GAMMA, PATIENCE = {config.gamma!r}, {config.patience}  # for the rate; epochs to wait")
    if config.early_stopping:
        lines.append(f"EARLY_STOPPING = {config.early_stopping}  # epochs without a lower validation loss")
    if config.freeze:
        lines.append(f"FROZEN = {config.freeze!r}  # layers whose weights stay as they are")
    if config.start_from:
        lines += _asked_for(config.start_from, "START_FROM", "start.pt2", "the weights it begins with")
    if config.teacher:
        lines += _asked_for(config.teacher, "TEACHER", "teacher.pt2", "the network whose answers are taught too")
        lines.append(f"TEMPERATURE, TAUGHT = {config.temperature!r}, {config.distill_weight!r}  # TAUGHT: of the loss")
    if origins.by_hand:
        lines.append(f"BY_HAND = {dict(origins.by_hand)!r}  # rates set by hand while it ran, after so many steps")
    lines.append(f"DEVICE = torch.device({_device(config.device)})")
    about = "On a CPU the same numbers come out every time; a GPU and another number of threads round differently."
    return CodeSection("Settings", about, "\n".join(lines), frozenset({"import torch"}))


def _asked_for(run: str, name: str, file: str, what: str) -> list[str]:
    return [f'{name} = "{file}"  # {what}: made by `cnnlab export {run} {file} --format pt2`']


def _device(name: str) -> str:
    if name != "auto":
        return repr(name)
    return '"cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"'


def model_section(config: TrainConfig, network: NetworkSource, origins: Origins) -> CodeSection:
    """A function `new_network` that makes the network with the weights that the run began with."""
    lines = ["torch.manual_seed(SEED)", f"model = {network.name}({network.arguments})"]
    if network.start:
        lines.append(f"{network.start}(model)")
    if network.seeded:
        lines += [
            "dropouts = [module for module in model.modules() if isinstance(module, SeededDropout)]",
            "for number, dropout in enumerate(dropouts):",
            "    dropout.seed(SEED * 1_000 + number)",
        ]
    if config.start_from:
        lines.append("weights = torch.export.load(START_FROM).state_dict")
        if origins.new_head:
            lines.append(
                f'weights = {{k: v for k, v in weights.items() if k.rpartition(".")[0] != "{origins.new_head}"}}  '
                "# it has other classes"
            )
        lines.append("model.load_state_dict(weights, strict=False)")
    if config.weights == "zero":
        lines += ["for weights in model.parameters():", "    nn.init.zeros_(weights)  # a fault: all alike"]
    if config.pixels == "raw-255":
        lines += [
            f"model.{_normalisation(config)}.mean.zero_()  # a fault: pixels from 0 to 255, not normalised",
            f"model.{_normalisation(config)}.std.fill_(1 / {WHITE})",
        ]
    lines.append("return model.to(DEVICE).to(memory_format=torch.channels_last)  # quicker, on CPUs too")
    code = [
        f"def new_network({network.arguments}):",
        '    """The network as it begins: the same seed gives the same weights."""',
        *indented(lines),
    ]
    text = "\n".join([network.text, "", "", *code])
    about = (
        "Its layers in the order in which an image passes them; behind each the shape that it gives, where it changes."
    )
    return CodeSection("Network", about, text, network.imports)


def _normalisation(config: TrainConfig) -> str:
    """The name of the layer that normalises, which every family puts first."""
    with torch.device("meta"):
        layers = models.outline(config.network, options=config.options).named_modules()
    return next(name for name, layer in layers if isinstance(layer, Normalize))


def training_section(config: TrainConfig, network: NetworkSource, origins: Origins) -> CodeSection:
    """Functions `score` and `train`."""
    bundle = Bundle()
    losses = ([evenness_loss] if config.outliers else []) + ([distillation_loss] if config.teacher else [])
    for each in losses:
        bundle.add(each)
    schedule = schedule_lines(config)
    code = [
        *_score_lines(),
        "",
        "",
        *schedule,
        *([*_average_lines(), "", ""] if config.ema else []),
        *([bundle.text, "", ""] if losses else []),
        f"def train(model, training, validation{', average' * bool(config.ema)}):",
        '    """Train `model`, an epoch after the other; yield the loss of every step."""',
        *indented(_train_lines(config, origins)),
    ]
    imports = {"import torch", "from torch.nn import functional as F", *bundle.imports}
    if any("math." in line for line in schedule):
        imports.add("import math")
    if config.ema:
        imports.add("import copy")
    return CodeSection("Training", _about(config), "\n".join(code), frozenset(imports))


def _about(config: TrainConfig) -> str:
    said = [
        f"{optimizer_call(config).split('(')[0].removeprefix('torch.optim.')}, {RATES[config.schedule]}; the images "
        "come in another order in every epoch, which the seed and the number of the epoch decide."
    ]
    if config.ema:
        said.append("Tested is the average of the weights along the way.")
    if config.mixed_precision:
        said.append("Forward and backward passes are in bfloat16 where torch holds that safe.")
    return " ".join(said)


def _score_lines() -> list[str]:
    return [
        "@torch.no_grad()",
        "def score(model, part):",
        '    """(mean cross-entropy, fraction classified correctly) of images with labels."""',
        "    images, labels = (each.to(DEVICE) for each in part)",
        "    model.eval()",
        f"    logits = torch.cat([model(some.float() / 255) for some in images.split({TESTED_AT_ONCE})])",
        "    right = (logits.argmax(1) == labels).float().mean()",
        "    return F.cross_entropy(logits, labels).item(), right.item()",
    ]


def _average_lines() -> list[str]:
    return [
        "@torch.no_grad()",
        "def mix(average, model, step):",
        '    """Move `average` a little towards the weights of `model` after `step` steps; more in the first steps."""',
        "    kept = min(KEPT, (1 + step) / (10 + step))",
        "    averaged, present = ([*each.parameters(), *each.buffers()] for each in (average, model))",
        "    for mean, now in zip(averaged, present, strict=True):",
        "        if step > 1 and mean.is_floating_point():",
        "            mean.lerp_(now, 1 - kept)",
        "        else:",
        "            mean.copy_(now)",
    ]


def _train_lines(config: TrainConfig, origins: Origins) -> list[str]:
    planned = bool(schedule_lines(config))
    moves = planned or config.schedule == "plateau" or bool(origins.by_hand)
    counts = planned or bool(origins.by_hand) or bool(config.ema)
    validates = config.split != "none"
    yielding = [
        *_rate_lines(planned, origins) * moves,
        *_step_lines(config),
        *(["step += 1"] if counts else []),
        *(["mix(average, model, step)"] if config.ema else []),
        "yield loss.item()",
    ]
    epoch = [
        *_ORDERS[config.order],
        "model.train()",
        *(["for name in FROZEN:", "    model.get_submodule(name).eval()"] if config.freeze else []),
        "for batch in order.split(BATCH_SIZE):",
        *indented(yielding),
        *(_validation_lines(config) if validates else []),
    ]
    return [
        "images, labels = (each.to(DEVICE) for each in training)",
        *(["for name in FROZEN:", "    model.get_submodule(name).requires_grad_(False)"] if config.freeze else []),
        *(["teacher = torch.export.load(TEACHER).module().to(DEVICE)"] if config.teacher else []),
        f"optimizer = {optimizer_call(config)}",
        *(["generator_of_images = torch.Generator(DEVICE).manual_seed(SEED)"] if augments(config) else []),
        *(["per_epoch = -(-len(images) // BATCH_SIZE)", "total = EPOCHS * per_epoch"] if planned else []),
        *(["rate = LEARNING_RATE  # where the schedule's factor is 1"] if moves else []),
        *(["lowest, waited = float('inf'), 0".replace("'", '"')] if config.schedule == "plateau" else []),
        *(["best, without = float('inf'), 0".replace("'", '"')] if config.early_stopping else []),
        *(["step = 0"] if counts else []),
        "for epoch in range(EPOCHS):",
        *indented(epoch),
    ]


def _rate_lines(planned: bool, origins: Origins) -> list[str]:
    lines = []
    if origins.by_hand:
        lines += [
            "if step in BY_HAND:",
            f"    rate = BY_HAND[step]{' / factor(step, total, per_epoch)' * planned}",
        ]
    value = "rate * factor(step, total, per_epoch)" if planned else "rate"
    return [*lines, "for group in optimizer.param_groups:", f'    group["lr"] = {value}']


def _step_lines(config: TrainConfig) -> list[str]:
    lines = ["x, y = images[batch].float() / 255, labels[batch]"]
    if augments(config):
        lines.append(f"x{', known' * bool(config.outliers)} = augment(x, y, generator_of_images)")
    if config.mixed_precision:
        lines += ["with torch.autocast(DEVICE.type, torch.bfloat16):", "    logits = model(x).float()"]
    else:
        lines.append("logits = model(x)")
    if config.outliers:
        lines.append("logits, outside, y = logits[:known], logits[known:], y[:known]")
    smoothing = ", label_smoothing=LABEL_SMOOTHING" if config.label_smoothing else ""
    lines.append(f"loss = F.cross_entropy(logits, y{smoothing})")
    if config.teacher:
        shown = "x[:known]" if config.outliers else "x"
        lines += [
            "with torch.no_grad():",
            f"    wanted = teacher({shown})",
            "loss = (1 - TAUGHT) * loss + TAUGHT * distillation_loss(logits, wanted, TEMPERATURE)",
        ]
    if config.outliers:
        lines += [
            "if len(outside):",
            f"    loss = loss + {WEIGHT} * evenness_loss(outside)  # what shows no digit is to favour none",
        ]
    return [*lines, "optimizer.zero_grad()", "loss.backward()", "optimizer.step()"]


def _validation_lines(config: TrainConfig) -> list[str]:
    lines = [
        f"val_loss, val_accuracy = score({'average' if config.ema else 'model'}, validation)",
        'print(f"epoch {epoch + 1}: validation loss {val_loss:.4f}, accuracy {val_accuracy:.2%}")',
    ]
    if config.early_stopping:
        lines += [
            f"better = val_loss < best * (1 - {BETTER})",
            "best, without = (val_loss, 0) if better else (best, without + 1)",
            "if without >= EARLY_STOPPING:",
            "    return",
        ]
    if config.schedule == "plateau":
        lines += [
            f"fell = val_loss < lowest * (1 - {BETTER})",
            "lowest, waited = (val_loss, 0) if fell else (lowest, waited + 1)",
            "if waited > PATIENCE:",
            "    rate, waited = rate * GAMMA, 0",
        ]
    return lines


def optimizer_call(config: TrainConfig) -> str:
    """The call that makes the run's optimiser, from the optimiser itself: what differs from torch's defaults."""
    settings = OptimizerSettings(
        config.learning_rate,
        momentum=config.momentum,
        weight_decay=config.weight_decay,
        nesterov=config.nesterov,
    )
    made = make_optimizer(config.optimizer, [nn.Parameter(torch.zeros(1))], settings)
    usual = inspect.signature(type(made).__init__).parameters
    chosen = {name: value for name, value in made.defaults.items() if name in usual and name != "lr"}
    different = [f"{name}={value!r}" for name, value in chosen.items() if value != usual[name].default]
    weights = "[each for each in model.parameters() if each.requires_grad]" if config.freeze else "model.parameters()"
    return f"torch.optim.{type(made).__name__}({', '.join([weights, 'lr=LEARNING_RATE', *different])})"


def main_section(config: TrainConfig, network: NetworkSource) -> CodeSection:
    """What is done with all of it: read, train, test."""
    given = ", mean, std" * bool(network.arguments)
    lines = [
        f"training, validation, test{given} = load()",
        *(["training = spoiled(training, test)"] if spoils(config) else []),
        f"model = new_network({network.arguments})",
        *(["average = copy.deepcopy(model)"] if config.ema else []),
        f"for step, loss in enumerate(train(model, training, validation{', average' * bool(config.ema)}), 1):",
        "    if step % 100 == 0:",
        '        print(f"step {step}: loss {loss:.4f}")',
        f"test_loss, test_accuracy = score({'average' if config.ema else 'model'}, test)",
        'print(f"test loss {test_loss:.4f}, accuracy {test_accuracy:.2%}")',
    ]
    return CodeSection("Run", "Read, train, test.", "\n".join(lines), runs=True)
