"""t-SNE in a process of its own: `python -m cnnlab.evaluation.tsne in.npy out.npy`.

scikit-learn's t-SNE cannot be asked how far it is, nor be stopped, but it prints a line every 50 iterations. As a
process it can be read, stopped, and told to leave the training its cores.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cnnlab.common import paths
from cnnlab.errors import CnnlabError

COMPONENTS = 50  # reduced to these by PCA before, as van der Maaten advises
ITERATIONS = 750
PERPLEXITY = 30.0
_ITERATION = re.compile(r"\[t-SNE\] Iteration (\d+):")


class Embedding:
    """One t-SNE of float [N, D], N at least 4, under way in its process."""

    def __init__(self, vectors: np.ndarray):
        self._folder = tempfile.TemporaryDirectory(prefix="cnnlab-tsne-")
        source, self._target = (Path(self._folder.name) / name for name in ("in.npy", "out.npy"))
        np.save(source, vectors)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "cnnlab.evaluation.tsne", str(source), str(self._target)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=paths.LAB,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"},
        )

    def wait(self, progress: Callable[[float], None]) -> np.ndarray:
        """Block until it is done, telling `progress` the share done, 0..1; return float32 [N, 2].

        Raises CnnlabError when the process was stopped or failed.
        """
        line = ""
        try:
            for line in self._process.stdout:  # noqa: B007  (its last value is the reason of a failure)
                if match := _ITERATION.match(line):
                    progress(min(1.0, int(match[1]) / ITERATIONS))
            if self._process.wait():
                raise CnnlabError(f"The t-SNE process ended early ({line.strip() or 'stopped'}): start it again.")
            return np.load(self._target)
        finally:
            self._process.kill()  # where `progress` raised it still runs
            self._process.wait()
            self._process.stdout.close()
            self._folder.cleanup()

    def stop(self) -> None:
        """End the process; wait() then raises."""
        self._process.terminate()


def main(source: str, target: str) -> None:
    """Embed the vectors in `source` into the plane and save them in `target`, printing scikit-learn's progress."""
    from sklearn.manifold import TSNE

    if hasattr(os, "nice"):
        os.nice(10)
    vectors = np.load(source)
    tsne = TSNE(
        init="pca",
        perplexity=min(PERPLEXITY, (len(vectors) - 1) / 3),
        max_iter=ITERATIONS,
        random_state=0,
        n_jobs=1,
        verbose=2,
    )
    np.save(target, tsne.fit_transform(vectors).astype(np.float32))


if __name__ == "__main__":
    main(*sys.argv[1:])
