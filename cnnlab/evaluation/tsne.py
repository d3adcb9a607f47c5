"""t-SNE by openTSNE, which tells how far it is and can be stopped; scikit-learn's can do neither."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread

import numpy as np
from openTSNE import TSNE

from cnnlab.common.threads import one_thread
from cnnlab.errors import CnnlabError

COMPONENTS = 50  # reduced to these by PCA before, as van der Maaten advises
PERPLEXITY = 30.0
EXAGGERATED, FINAL = 250, 500  # iterations
EVERY = 10  # iterations between two reports: 0.2 s for 10,000 points
MANY = 3_000  # points, from which on a grid of fixed cost is faster than a tree
TREE = {"negative_gradient_method": "bh"}
# On 10,000 digits this grid gives a map as good as scikit-learn's (a divergence of 1.60 against 1.59) in half its
# processor time (22 s against 40 s); openTSNE's own grid, of width 1, is finer and slower.
GRID = {"negative_gradient_method": "fft", "ints_in_interval": 1.5}
LEAST_SPREAD = 1e-20  # below it the first placing divides by 0, and the native code crashes on what comes of that


def embed(vectors: np.ndarray, on_progress: Callable[[float], None]) -> np.ndarray:
    """The map float32 [N, 2] of float [N, D], N at least 4; the same at every call.

    on_progress(fraction done, 0..1) may raise, which ends it. Raises CnnlabError where all vectors are the same.
    """
    if vectors.std(0, dtype=np.float64).max() < LEAST_SPREAD:
        raise CnnlabError(
            "All images have the same values at this layer: there is nothing that t-SNE could tell apart."
        )
    outcome: Future[np.ndarray] = Future()
    Thread(target=_embed_politely, args=(outcome, vectors, on_progress), daemon=True).start()
    return outcome.result()


def _embed_politely(outcome: Future[np.ndarray], vectors: np.ndarray, on_progress: Callable[[float], None]) -> None:
    """Leave the cores to a training. A thread of its own: on Linux niceness is a thread's, and can't be taken back."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, 0, max(10, os.getpriority(os.PRIO_PROCESS, 0)))
    try:
        outcome.set_result(_fit(vectors, on_progress))
    except BaseException as failure:  # whatever it is, embed() raises it
        outcome.set_exception(failure)


def _fit(vectors: np.ndarray, on_progress: Callable[[float], None]) -> np.ndarray:
    done = 0

    def report(_iteration: int, _divergence: float, _map: np.ndarray) -> None:
        nonlocal done  # openTSNE counts each of its two phases from 1
        done += EVERY
        on_progress(done / (EXAGGERATED + FINAL))

    tsne = TSNE(
        perplexity=min(PERPLEXITY, (len(vectors) - 1) / 3),
        early_exaggeration_iter=EXAGGERATED,
        n_iter=FINAL,
        initialization="pca",
        neighbors="exact",
        callbacks=report,
        callbacks_every_iters=EVERY,
        random_state=0,
        n_jobs=1,
        **(GRID if len(vectors) >= MANY else TREE),
    )
    with one_thread():
        return np.asarray(tsne.fit(vectors), dtype=np.float32)
