"""Finished trainings of a benchmark in a file, so that a cut costs only the one under way."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnnlab.common.files import replacing
from cnnlab.errors import CnnlabError
from cnnlab.training.config import TrainConfig


class Results:
    """Finished trainings by recipe and seed, in a file where one is named."""

    def __init__(self, file: Path | None):
        """Raises CnnlabError when there is such a file that holds something else."""
        self._file = file
        self._kept: list[dict[str, Any]] = []
        if file and file.exists():
            try:
                self._kept = json.loads(file.read_text())["trainings"]
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise CnnlabError(f"{file} holds no results of this benchmark ({error}): name another file.") from error

    def of(self, config: TrainConfig, otherwise: Callable[[TrainConfig], dict[str, Any]]) -> dict[str, Any]:
        """The kept training with these settings, on whatever device; else what `otherwise` makes of them, kept too."""
        for kept in self._kept:
            if TrainConfig.from_dict(kept["config"]).replace(device=config.device) == config:
                return kept
        self._kept.append(otherwise(config))
        if self._file:
            with replacing(self._file) as file:
                file.write(json.dumps({"trainings": self._kept}, indent=1).encode())
        return self._kept[-1]
