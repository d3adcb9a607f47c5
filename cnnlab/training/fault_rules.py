"""The rules that see a fault in a run, each with the thresholds it goes by; first comes what explains the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnnlab import models
from cnnlab.models import custom_store
from cnnlab.models.options import as_json
from cnnlab.training.gradients import FAINT, STRONG
from cnnlab.training.hint_evidence import Evidence, Hint, another_rate, rate_words
from cnnlab.training.results import DIVERGED, Evaluation

Rule = Callable[[Evidence], "Hint | None"]

LOUD_START = 1.5  # times ln(classes): first losses of all recipes lie within 5 % of it
JUMPED = 2.0  # times ln(classes): a mean loss that high is no noise of a batch, guessing itself costs one ln(classes)
SILENT = 0.98  # of a layer's channels are 0 for every image: what little is left is no way through
LEAPT_RATE, FAR_RATE = 0.1, 0.01  # times the rate that did it: what to try, the second after dead ReLUs or
FAR = 20.0  # times ln(classes): a loss that high tells of steps that are far too large
SURE = 0.8  # mean confidence with which nobody who is hardly ever right should answer
SETTLED = 50  # steps after which one favourite class, or an answer at chance, is no matter of the first weights
STUCK_FROM = 300  # steps after which no recipe is at chance any more; A3's, the slowest, is 36 % right by then
CRAWLING = 0.5  # of ln(classes): a validation loss above that after an epoch, and still falling faster and faster
QUICKER = 100.0  # times the rate that hardly moves the weights
BOUNCES = 300  # steps in which the training loss did not fall, though
BOUNCING = (0.3, 0.8)  # of ln(classes): it lies between these, so that something has been learned and much has not
NOT_LOWER = 0.95  # times the lowest loss before: within that it has not fallen
SWALLOWED = 0.5  # of the images are given to one class, of which
WRONGLY = 0.3  # of all images at least are wrong: a class that really is that frequent would be right
KNOWS_BATCH = 0.8  # of the last training images right, while of the validation images not even half: sorted
UNLEARNED = 0.5
LEARNS_WORSE = 0.15  # by which training accuracy stays below validation's: dropout to a half and augmentation cost less
HEAVY_DROPOUT = 0.6
NOISY_LOSS = 0.4  # of ln(classes): training losses stay that high though the network is mostly right
MOSTLY_RIGHT = 0.8


def not_a_number(seen: Evidence) -> Hint | None:
    """The loss is endless or no number."""
    if not seen.events or seen.events[-1].what != DIVERGED:
        return None
    value, change, words = another_rate(seen.rate, LEAPT_RATE)
    return Hint(
        "not-a-number",
        "fault",
        f"The loss is no longer a number since step {seen.events[-1].step:,}.",
        f"Steps at rate {rate_words(seen.rate)} have made the weights endless",
        f"start again at {rate_words(value)} or less",
        f"Training loss before: {_number(seen.last.train_loss)}.",
        change,
        words,
    )


def symmetric(seen: Evidence) -> Hint | None:
    """All channels of a layer have the same weights, and after training still."""
    if not seen.last.step or not seen.last.alike:
        return None
    layers = _listed(seen.last.alike)
    return Hint(
        "symmetric",
        "fault",
        seen.guessing if seen.costs_a_guess else f"All channels of {layers} are alike.",
        f"All weights of a layer started alike ({layers}), so its channels all learn the same",
        "start from random weights",
        f"After step {seen.last.step:,}: loss {_number(seen.last.train_loss)}, equal weights in all channels of "
        f"{layers}.",
        {"weights": "random"},
        "random first weights",
    )


def silenced(seen: Evidence) -> Hint | None:
    """A layer's ReLUs are 0 for every image, and the network guesses."""
    silent = [name for name, share in seen.last.dead.items() if share >= SILENT]
    if not (seen.last.step and silent and seen.at_chance and seen.costs_a_guess):
        return None
    value, change, words = another_rate(seen.rate, FAR_RATE)
    shares = ", ".join(f"{name} {seen.last.dead[name]:.0%}" for name in silent)
    return Hint(
        "silenced",
        "fault",
        seen.guessing,
        f"The step at rate {rate_words(seen.rate)} silenced the ReLUs",
        f"start again at {rate_words(value)} or less",
        f"After step {seen.last.step:,}: loss {_number(seen.last.train_loss)}, channels that are 0 for every image: "
        f"{shares}.{_first_gradient(seen)}",
        change,
        words,
    )


def loud_start(seen: Evidence) -> Hint | None:
    """The first loss, before any weight moved, is far above that of guessing."""
    first, config = seen.first_loss, seen.config
    if first is None or first < LOUD_START * seen.guess or config.start_from or config.teacher:
        return None
    raw = config.pixels != "unit"
    norm, words = with_norm(seen)
    return Hint(
        "loud-start",
        "fault",
        f"The first loss is {first:.3g}, guessing would cost {seen.guess:.2f} = ln {seen.classes}.",
        "Before it has learned anything the network is sure of its answers, because the numbers in it are too large",
        "feed it pixels from 0 to 1, normalised" if raw else "use batch normalisation or smaller first weights",
        f"Loss of the first batch: {first:.3g}; pixels: {'0 to 255' if raw else '0 to 1'}.",
        {"pixels": "unit"} if raw else norm,
        "pixels from 0 to 1" if raw else words,
    )


def jumping(seen: Evidence) -> Hint | None:
    """The loss has jumped far above that of guessing, and the network has not recovered."""
    highest, loss = seen.highest, seen.last.train_loss
    if highest is None or loss is None or (highest.train_loss or 0) < JUMPED * seen.guess:
        return None
    if loss < JUMPED * seen.guess and not seen.at_chance:
        return None
    far = (highest.train_loss or 0) > FAR * seen.guess
    value, change, words = another_rate(seen.rate, FAR_RATE if far else LEAPT_RATE)
    return Hint(
        "jumping",
        "fault",
        f"The loss jumped from {_number(seen.first_loss)} to {_number(highest.train_loss)}.",
        f"Steps at rate {rate_words(seen.rate)} leap over what they should go down",
        f"start again at {rate_words(value)} or less",
        f"Training loss: {_number(highest.train_loss)} by step {highest.step:,}, {_number(loss)} by step "
        f"{seen.last.step:,}; guessing costs {seen.guess:.2f}.",
        change,
        words,
    )


def affine(seen: Evidence) -> Hint | None:
    """The whole network is a weighted sum of the pixels."""
    if not seen.last.affine or not seen.last.step:
        return None
    return Hint(
        "linear",
        "fault",
        "The answer to the mean of two images is the mean of the answers to them.",
        "Nothing bends between the layers, so all of them together can say no more than a single linear one",
        "put a ReLU after every layer",
        f"After step {seen.last.step:,}, on pairs of images; accuracy {_percent(seen.accuracy(seen.last))}.",
        with_bends(seen),
        "a ReLU after every layer",
    )


def vanishing(seen: Evidence) -> Hint | None:
    """The network guesses because hardly any gradient reaches its first layers."""
    norms = seen.last.gradients
    if not _stuck(seen) or len(norms) < 2:
        return None
    names = list(norms)
    first, strongest = names[0], max(names, key=norms.__getitem__)
    if norms[first] * FAINT > norms[strongest]:
        return None
    change, words = with_norm(seen)
    times = f", {norms[strongest] / norms[first]:,.0f} times shorter than" if norms[first] else ", beside"
    return Hint(
        "vanishing",
        "fault",
        seen.guessing,
        f"The gradients vanish on the way back through {len(norms)} layers: {first} hardly moves",
        "use ReLU and batch normalisation, or fewer layers",
        f"After step {seen.last.step:,}: loss {_number(seen.last.train_loss)}, {first}'s gradient is "
        f"{norms[first]:.2g} long{times} {strongest}'s ({norms[strongest]:.2g}).",
        change,
        words,
    )


def exploding(seen: Evidence) -> Hint | None:
    """A layer's gradient is so long that a step would leap."""
    norms = seen.last.gradients
    longest = max(norms, key=norms.__getitem__, default=None)
    if longest is None or norms[longest] <= STRONG:
        return None
    value, change, words = another_rate(seen.rate, LEAPT_RATE)
    return Hint(
        "exploding",
        "fault",
        f"{longest}'s gradient is {norms[longest]:.3g} long.",
        f"The gradients explode, and steps at rate {rate_words(seen.rate)} go too far",
        f"start again at {rate_words(value)} or less, or with batch normalisation",
        f"After step {seen.last.step:,}: {longest} {norms[longest]:.3g}; more than {STRONG:g} is too long.",
        change,
        words,
    )


def too_slow(seen: Evidence) -> Hint | None:
    """Each layer has its gradient, but the loss stays at that of guessing, or falls late: the steps are too short."""
    first, last = seen.loss(seen.evaluations[0]) or seen.first_loss, seen.last
    stuck = _stuck(seen)
    if first is None or not (stuck or _crawling(seen)):
        return None
    value, change, words = another_rate(seen.rate, QUICKER)
    return Hint(
        "too-slow",
        "fault",
        seen.guessing if stuck else f"After {last.step:,} steps the loss is still {_number(seen.loss(last))}.",
        f"Every layer has a gradient, but steps at rate {rate_words(seen.rate)} hardly move the weights",
        f"start again at {rate_words(value)}",
        f"Loss {_number(first)} at the start, {_number(seen.loss(last))} after step {last.step:,}; a layer's shortest "
        f"gradient {min(last.gradients.values(), default=0.0):.2g}.",
        change,
        words,
    )


def in_order(seen: Evidence) -> Hint | None:
    """Right on the batches, wrong on all else, with one class for everything: the images come class by class."""
    last = seen.last
    if not _forgets(last):  # later it knows not even its batches any more, but still forgets
        return None
    known = max((each.train_accuracy or 0 for each in seen.evaluations if _forgets(each)), default=0.0)
    if known < KNOWS_BATCH:
        return None
    return Hint(
        "sorted",
        "fault",
        f"Batches were {known:.0%} right, but of the validation images only {last.val_accuracy:.0%} are.",
        f"The network answers class {seen.favourite} to {last.favourite_share:.0%} of all: the images seem to come "
        "class after class, and each class makes it forget the others",
        "shuffle the training images",
        f"After step {last.step:,}: training accuracy {_percent(last.train_accuracy)}, before up to {known:.1%}; "
        f"validation {last.val_accuracy:.1%}; most frequent answer class {seen.favourite}, {last.favourite_share:.1%}.",
        {"order": "shuffled"},
        "shuffled images",
    )


def bouncing(seen: Evidence) -> Hint | None:
    """The loss has fallen from that of guessing, and for long no further: the steps leap back and forth."""
    last, (low, high) = seen.last, (share * seen.guess for share in BOUNCING)
    if last.step < BOUNCES or last.train_loss is None or not low < last.train_loss < high:
        return None
    losses = [(each.step, each.train_loss) for each in seen.evaluations if each.train_loss is not None]
    before = min((loss for step, loss in losses if SETTLED <= step <= last.step - BOUNCES), default=None)
    lately = min(loss for step, loss in losses if step > last.step - BOUNCES)
    if before is None or before > high or lately < NOT_LOWER * before:
        return None
    value, change, words = another_rate(seen.rate, LEAPT_RATE)
    return Hint(
        "bouncing",
        "fault",
        f"For {BOUNCES} steps the loss has not fallen below {before:.2f}.",
        f"Steps at rate {rate_words(seen.rate)} leap back and forth over what they should go down",
        f"start again at {rate_words(value)}",
        f"Training loss at best {before:.2f} until step {last.step - BOUNCES:,}, {lately:.2f} since then; accuracy "
        f"{_percent(seen.accuracy(last))}.",
        change,
        words,
    )


def swallowed(seen: Evidence) -> Hint | None:
    """One class is the answer to nearly all images, wrongly."""
    last, accuracy = seen.last, seen.accuracy(seen.last)
    share = last.favourite_share or 0.0
    if last.step < STUCK_FROM or accuracy is None or share < SWALLOWED or share - accuracy < WRONGLY:
        return None
    if seen.costs_a_guess:  # then no class is preferred by much
        return None
    value, change, words = another_rate(seen.rate, LEAPT_RATE)
    return Hint(
        "swallowed",
        "fault",
        f"{share:.0%} of the images are taken for class {seen.favourite}, {accuracy:.0%} are right.",
        "One class swallows the others",
        f"look whether the labels are right and as many of each, or start again at rate {rate_words(value)}",
        f"After step {last.step:,}: class {seen.favourite} {share:.1%}, accuracy {accuracy:.1%}.",
        change,
        words,
    )


def sure_but_wrong(seen: Evidence) -> Hint | None:
    """No better than chance, and sure of it."""
    last = seen.last
    if last.step < SETTLED or not seen.at_chance or (last.confidence or 0) < SURE:
        return None
    value, change, words = another_rate(seen.rate, LEAPT_RATE)
    return Hint(
        "sure-but-wrong",
        "fault",
        f"{_percent(seen.accuracy(last))} right, and sure to {last.confidence:.0%}.",
        f"The answers are no better than chance: the weights are far too large, after steps at rate "
        f"{rate_words(seen.rate)} or from the start",
        f"start again at {rate_words(value)} or less",
        f"After step {last.step:,}: accuracy {_percent(seen.accuracy(last))}, mean confidence {last.confidence:.1%}.",
        change,
        words,
    )


def heavy_dropout(seen: Evidence) -> Hint | None:
    """Far better on validation images than on training images, because most of the network is switched off there."""
    last = seen.last
    if seen.dropout < HEAVY_DROPOUT or not _worse_on_training(seen):
        return None
    return Hint(
        "dropout",
        "fault",
        f"{last.train_accuracy:.0%} of the training images right, but {last.val_accuracy:.0%} of the others.",
        f"While it learns, {seen.dropout:.0%} of a layer are switched off, and it hardly fits what it is shown",
        "drop 0.3 or less",
        f"Around step {last.step:,}: training accuracy {last.train_accuracy:.1%}, validation "
        f"{last.val_accuracy:.1%}; dropout {seen.dropout:g}.",
        with_dropout(seen, 0.3),
        "dropout 0.3",
    )


def wrong_labels(seen: Evidence) -> Hint | None:
    """Mostly right on validation images, yet the training loss stays high: the labels learned from contradict them."""
    last, config = seen.last, seen.config
    if seen.dropout >= HEAVY_DROPOUT or not _worse_on_training(seen) or config.teacher or config.outliers:
        return None
    if (last.train_loss or 0) < NOISY_LOSS * seen.guess or (last.val_accuracy or 0) < MOSTLY_RIGHT:
        return None
    return Hint(
        "wrong-labels",
        "fault",
        f"{last.val_accuracy:.0%} of the validation images right, but only {last.train_accuracy:.0%} of the training "
        "images.",
        "What the network learns elsewhere contradicts many training labels: they seem to be wrong",
        "mend the labels",
        f"Around step {last.step:,}: training loss {_number(last.train_loss)}, accuracy {last.train_accuracy:.1%}; "
        f"validation loss {_number(last.val_loss)}, accuracy {last.val_accuracy:.1%}.",
        {"wrong_labels": 0.0} if config.wrong_labels else {},
        "right labels",
    )


FAULTS: tuple[Rule, ...] = (
    not_a_number,
    symmetric,
    loud_start,
    silenced,
    jumping,
    affine,
    in_order,
    vanishing,
    exploding,
    sure_but_wrong,
    too_slow,
    swallowed,
    heavy_dropout,
    wrong_labels,
    bouncing,  # last: wrong labels and dropout hold the training loss up too
)


def with_norm(seen: Evidence) -> tuple[dict[str, Any], str]:
    """The change that puts ReLU and batch normalisation into the network as far as its options offer them, its words.

    Empty where that changes nothing.
    """
    config, both = seen.config, "ReLU and batch normalisation"
    if config.network == custom_store.CUSTOM:
        layers: list[Any] = []
        for each in as_json(config.options["layers"]):
            if each["kind"] == "batch-norm":
                continue
            layers.append({**each, "function": "relu"} if each["kind"] == "activation" else each)
            if each["kind"] in ("conv", "linear"):
                layers.append({"kind": "batch-norm"})
        return {"options": {"layers": layers}}, both
    known = {option.name: option.default for option in models.spec(config.network).options} | dict(config.options)
    wanted = {"normalisation": "batch", "activation": "relu"}
    change = {f"options.{name}": value for name, value in wanted.items() if known.get(name, value) != value}
    words = {"options.normalisation": "batch normalisation", "options.activation": "ReLU"}
    return change, both if len(change) == 2 else "".join(words[name] for name in change)


def with_bends(seen: Evidence) -> dict[str, Any]:
    """The change that puts a ReLU behind every layer with weights; empty where the network offers none."""
    config = seen.config
    if config.network != custom_store.CUSTOM:
        offered = {option.name for option in models.spec(config.network).options}
        return {"options.activation": "relu"} if "activation" in offered else {}
    layers: list[Any] = []
    for each in as_json(config.options["layers"]):
        layers.append(each)
        if each["kind"] in ("conv", "linear"):
            layers.append({"kind": "activation", "function": "relu"})
    return {"options": {"layers": layers}}


def with_dropout(seen: Evidence, fraction: float) -> dict[str, Any]:
    """The change that lets every dropout drop `fraction`."""
    config = seen.config
    if config.network != custom_store.CUSTOM:
        return {"options.dropout": fraction}
    layers = as_json(config.options["layers"])
    return {"options": {"layers": [{**each, "p": fraction} if each["kind"] == "dropout" else each for each in layers]}}


def _stuck(seen: Evidence) -> bool:
    """Whether the network still guesses when it should long know better."""
    return seen.last.step >= STUCK_FROM and seen.at_chance and seen.costs_a_guess


def _crawling(seen: Evidence) -> bool:
    """Whether the loss is high after an epoch, and fell by more in its second half than in its first."""
    step = seen.last.step
    if step < max(STUCK_FROM, seen.steps_per_epoch):
        return False
    first, last = seen.loss(seen.evaluations[0]) or seen.first_loss, seen.loss(seen.last)
    if first is None or last is None or last < CRAWLING * seen.guess or last > first:
        return False
    half = seen.loss(min(seen.evaluations, key=lambda each: abs(each.step - step / 2)))
    return half is not None and half - last > first - half


def _forgets(each: Evaluation) -> bool:
    """Whether validation fails, with one class as the answer to most."""
    checked, share = each.val_accuracy, each.favourite_share or 0
    return each.step >= SETTLED and checked is not None and checked < UNLEARNED and share > SWALLOWED


def _worse_on_training(seen: Evidence) -> bool:
    last = seen.last
    if last.step < STUCK_FROM or last.train_accuracy is None or last.val_accuracy is None:
        return False
    return last.val_accuracy - last.train_accuracy >= LEARNS_WORSE


def _first_gradient(seen: Evidence) -> str:
    norms = seen.last.gradients
    first = next(iter(norms), None)
    return "" if first is None else f" {first}'s gradient: {norms[first]:.2g}."


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}" if abs(value) < 100 else f"{value:.3g}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
