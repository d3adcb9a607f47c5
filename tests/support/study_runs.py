"""The runs of a study of three learning rates and three seeds, made of a run that is at hand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

ACCURACIES = {1e-4: (0.71, 0.69, 0.73), 1e-3: (0.92, 0.93, 0.928), 1e-2: (0.9, 0.88, 0.91)}  # by rate, of each seed


def write_study(run: Path, root: Path, study: str = "rates") -> None:
    """Write the nine runs under `root`, each with the weights of `run`, called study-RATE-SEED."""
    said = json.loads((run / "run.json").read_text())
    for at, (rate, accuracies) in enumerate(ACCURACIES.items()):
        for seed, accuracy in enumerate(accuracies):
            folder = root / f"study-{rate:g}-{seed}"
            shutil.copytree(run, folder)
            mark = {"study": study, "trial": 3 * seed + at, "trials": 9, "varied": ["learning_rate"]}
            outcome = {"val_accuracy": accuracy, "test_accuracy": accuracy - 0.005}
            last = {**said["epochs"][-1], "val_accuracy": accuracy}
            changed = {
                **said,
                "config": {**said["config"], "learning_rate": rate, "seed": seed},
                "epochs": [*said["epochs"][:-1], last],
                "outcome": {**said["outcome"], **outcome},
                "study": mark,
            }
            (folder / "run.json").write_text(json.dumps(changed))
