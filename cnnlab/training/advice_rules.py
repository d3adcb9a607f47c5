"""The rules that see no fault, but something worth another try; each with the thresholds it goes by."""

from __future__ import annotations

from typing import Any

from cnnlab.training.config import LIMITS
from cnnlab.training.fault_rules import Rule
from cnnlab.training.hint_evidence import Evidence, Hint, another_rate

LARGE_BATCH, FEW_STEPS = 1_000, 60  # images a step with which an epoch has fewer steps than these: few corrections
USUAL_BATCH = 64
GAP = 0.05  # by which training accuracy exceeds validation's; the recipes stay below 0.02
LEARNED = 0.9  # training accuracy from which a gap is memory and not chance
RISEN = 1.1  # times the lowest validation loss, after
RISING_EPOCHS = 2  # epochs above it while the training loss fell
FLAT_EPOCHS = 3  # epochs in which the training loss did not fall
FLAT = 0.01  # by so large a fraction
AS_GOOD_AS_LEARNED = 0.995  # training accuracy beyond which nothing is left to fall
STILL_FALLING = 0.05  # fraction of its validation loss that the last epoch took off


def large_batch(seen: Evidence) -> Hint | None:
    """So many images a step that an epoch has few steps."""
    batch, steps = seen.config.batch_size, seen.steps_per_epoch
    if batch < LARGE_BATCH or steps >= FEW_STEPS or not seen.last.step:
        return None
    accuracy = seen.accuracy(seen.last)
    return Hint(
        "large-batch",
        "advice",
        f"{batch:,} images a step make {steps} step{'s' * (steps != 1)} an epoch.",
        "However many images agree on it, a step goes no farther, so an epoch learns little",
        f"try batches of {USUAL_BATCH}",
        f"After step {seen.last.step:,}: {seen.last.step * batch:,} images shown, "
        f"{'–' if accuracy is None else f'{accuracy:.1%}'} right.",
        {"batch_size": USUAL_BATCH},
        f"batch size {USUAL_BATCH}",
    )


def rising(seen: Evidence) -> Hint | None:
    """Validation gets worse while training gets better."""
    rows = [row for row in seen.whole_epochs if row.val_loss is not None and row.train_loss is not None]
    if len(rows) <= RISING_EPOCHS:
        return None
    best = min(rows, key=lambda row: row.val_loss or 0)
    after = rows[-RISING_EPOCHS:]
    lowest, now = best.val_loss or 0.0, rows[-1]
    if any((row.val_loss or 0) < RISEN * lowest or row.epoch <= best.epoch for row in after):
        return None
    if (now.train_loss or 0) >= (best.train_loss or 0):
        return None
    return Hint(
        "rising",
        "advice",
        f"The validation loss rises again, from {lowest:.3f} after epoch {best.epoch} to {now.val_loss:.3f}.",
        "The training loss still falls, so what is learned now is these images by heart",
        "stop when the validation loss no longer falls",
        f"Training loss {best.train_loss:.3f} in epoch {best.epoch}, {now.train_loss:.3f} in epoch {now.epoch}.",
        {"early_stopping": RISING_EPOCHS} if seen.config.split != "none" else {},
        f"early stopping after {RISING_EPOCHS} epochs",
    )


def gap(seen: Evidence) -> Hint | None:
    """Training images are known far better than validation images."""
    last = seen.last
    if len(seen.whole_epochs) < 1 or last.train_accuracy is None or last.val_accuracy is None:
        return None
    if last.train_accuracy < LEARNED or last.train_accuracy - last.val_accuracy < GAP:
        return None
    few = bool(seen.config.train_images)
    change: dict[str, Any] = {"train_images": 0} if few else {"augment_shift": 2.0, "augment_rotation": 10.0}
    return Hint(
        "gap",
        "advice",
        f"{last.train_accuracy:.1%} of the training images are right, but {last.val_accuracy:.1%} of the others.",
        "The network learns the training images by heart",
        "train on more images" if few else "train on more images, or turn and shift them a little",
        f"After step {last.step:,}: loss {_figure(last.train_loss)} in training, {_figure(last.val_loss)} in "
        "validation.",
        change,
        "all training images" if few else "shifts of 2 pixels and turns of 10 degrees",
    )


def plateau(seen: Evidence) -> Hint | None:
    """The training loss has stopped falling, though there is more to learn."""
    rows = [row for row in seen.whole_epochs if row.train_loss is not None]
    if len(rows) <= FLAT_EPOCHS or seen.config.schedule != "constant":
        return None
    before = min(row.train_loss or 0 for row in rows[:-FLAT_EPOCHS])
    lately = min(row.train_loss or 0 for row in rows[-FLAT_EPOCHS:])
    if lately < before * (1 - FLAT) or (rows[-1].train_accuracy or 0) > AS_GOOD_AS_LEARNED:
        return None
    _, change, words = another_rate(seen.rate, 0.1)
    return Hint(
        "plateau",
        "advice",
        f"The training loss has not fallen for {FLAT_EPOCHS} epochs.",
        "The steps are too long to get any lower",
        "try a tenth of the rate",
        f"Lowest training loss until epoch {rows[-FLAT_EPOCHS - 1].epoch}: {before:.3f}, since then {lately:.3f}.",
        change,
        words,
    )


def still_learning(seen: Evidence) -> Hint | None:
    """The run is over, and its last epoch still made it better."""
    rows = [row for row in seen.epochs if row.complete and row.val_loss is not None]
    epochs = seen.config.epochs
    if not seen.over or len(rows) < 2 or epochs >= LIMITS["epochs"].high:
        return None
    before, now = rows[-2], rows[-1]
    if (now.val_loss or 0) > (before.val_loss or 0) * (1 - STILL_FALLING):
        return None
    more = min(2 * epochs, int(LIMITS["epochs"].high))
    return Hint(
        "still-learning",
        "advice",
        f"The last epoch took the validation loss from {before.val_loss:.3f} to {now.val_loss:.3f}.",
        "The network is still learning",
        f"give it more epochs, {more} instead of {epochs}",
        f"Validation accuracy {before.val_accuracy or 0:.2%} after epoch {before.epoch}, {now.val_accuracy or 0:.2%} "
        f"after epoch {now.epoch}.",
        {"epochs": more},
        f"{more} epochs",
    )


ADVICE: tuple[Rule, ...] = (large_batch, gap, rising, plateau, still_learning)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
