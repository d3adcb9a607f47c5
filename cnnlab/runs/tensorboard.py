"""A run as TensorBoard's event files, by torch's writer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from cnnlab.common.files import passing_folder
from cnnlab.errors import CnnlabError
from cnnlab.runs import store
from cnnlab.runs.store import Run

FOLDER = ".tensorboard"  # beside the runs, a folder a run, so that one --logdir shows all of them


def write(run: Run) -> Path:
    """Write the run's curves, settings and the distribution of its weights; return the folder to give TensorBoard.

    Replaces what was written of this run before. Raises CnnlabError when the disk refuses.
    """
    root = run.path.parent / FOLDER
    try:
        root.mkdir(exist_ok=True)
        with passing_folder(run.path.parent, "events") as waiting:
            _events(run, waiting)
            target = root / run.name
            if target.exists():
                shutil.rmtree(target)
            shutil.copytree(waiting, target)
    except OSError as error:
        raise CnnlabError(f"{root} could not be written ({error.strerror or error}): make it writable.") from error
    return root


def _events(run: Run, folder: Path) -> None:
    from torch.utils.tensorboard import SummaryWriter  # takes a second to import, and few ask for it

    began = run.record.created.timestamp()
    rows = run.results
    pace = rows[-1].seconds / rows[-1].step if rows and rows[-1].step else 0.0
    with SummaryWriter(str(folder)) as writer:

        def add(name: str, value: float | None, step: int) -> None:
            if value is not None:
                writer.add_scalar(name, value, step, walltime=began + step * pace)

        for step, loss in run.record.losses:
            add("loss/each step", loss, step)
        for each in run.record.evaluations:
            add("accuracy/training", each.train_accuracy, each.step)
            add("accuracy/validation", each.val_accuracy, each.step)
            add("loss/validation", each.val_loss, each.step)
        for row in rows:
            add("epoch/validation accuracy", row.val_accuracy, row.step)
            add("epoch/learning rate", row.learning_rate, row.step)
        if run.outcome:
            add("test/accuracy", run.outcome.test_accuracy, rows[-1].step if rows else 0)
        writer.add_text("settings", f"```json\n{json.dumps(run.config.as_dict(), indent=1)}\n```")
        at = {row.epoch: row.step for row in rows}
        for epoch in run.epochs:
            for name, weights in store.load(run, epoch).model.named_parameters():
                writer.add_histogram(f"weights/{name}", weights, at.get(epoch, 0))
