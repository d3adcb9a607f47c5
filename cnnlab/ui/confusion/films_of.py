"""The films of the confusion page: the matrix and the map of points, epoch after epoch."""

from __future__ import annotations

from collections.abc import Hashable

import altair as alt
import numpy as np

from cnnlab.common.background import OnProgress
from cnnlab.errors import CnnlabError
from cnnlab.evaluation import projections, tsne
from cnnlab.evaluation.evaluation_set import EvaluationSet
from cnnlab.evaluation.layer_values import PIXELS, Station
from cnnlab.evaluation.predictions import Predictions
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import predictions_cache
from cnnlab.ui.components.film_maker import Subject
from cnnlab.ui.confusion import epoch_charts
from cnnlab.ui.state import theme

SIDE, WIDE = 560, 840  # pixels: of the matrix; of the map, which is as high as on the page


def matrix(
    images: EvaluationSet, other: Predictions | None, percent: bool, picked: tuple[str, str] | None, against: str
) -> Subject:
    """The film of the matrix, or of how it differs from that of the answers `other`, which are `against`'s."""
    dark = theme.dark()

    def picture_of(network: Checkpoint, _on_progress: OnProgress) -> alt.LayerChart:
        found = _answers(network, images)
        chart = epoch_charts.matrix(epoch_charts.numbers(found, other, percent, picked), found.classes, dark)
        return chart.properties(width=SIDE, height=SIDE)

    title = f"confusion on {images.words}" + (f", against {against}" if against else "")
    return Subject(title, "confusion", (images.key, percent, picked), picture_of)


def points(
    images: EvaluationSet, layers: tuple[Station, Station], embeds: bool, clicked: int | None, what: str
) -> Subject:
    """The film of the map of the second of `layers`, in words `what`, turned towards that of the first, the pixels.

    embeds: t-SNE's points, else PCA's.
    """
    dark, (pixels, layer) = theme.dark(), layers

    def picture_of(network: Checkpoint, on_progress: OnProgress) -> alt.LayerChart:
        found = _answers(network, images)
        flat = (
            _embedded(network, images, layer, on_progress)
            if embeds
            else predictions_cache.pca(network, images, layer).points
        )
        upright = projections.on_map(predictions_cache.pca(network, images, pixels).points)
        marked = epoch_charts.place(found, images.indices, clicked)
        return epoch_charts.points(projections.on_map(flat, upright), found, marked, dark).properties(width=WIDE)

    method = "t-SNE" if embeds else "PCA"
    return Subject(f"{what}, by {method}", f"points {layer.name} {method}", (images.key, layer, clicked), picture_of)


def map_key(network: Checkpoint, images: EvaluationSet, layer: Station) -> Hashable:
    """What tells a t-SNE map from every other; pixels are the same for all networks."""
    return ("" if layer.name == PIXELS else network.digest, images.key, layer)


def _answers(network: Checkpoint, images: EvaluationSet) -> Predictions:
    found = predictions_cache.answers(network, images)
    if not found.finite:
        raise CnnlabError(predictions_cache.ran_away(network).replace("**", ""))
    return found


def _embedded(network: Checkpoint, images: EvaluationSet, layer: Station, on_progress: OnProgress) -> np.ndarray:
    """The t-SNE map [N, 2], made where there is none, and then kept for the page."""
    queue, key = predictions_cache.maps(), map_key(network, images, layer)
    if (done := queue.result(key)) is not None:
        return done
    vectors = projections.principal(network.model, images.data.images, layer, tsne.COMPONENTS).points
    made = tsne.embed(vectors, on_progress)
    queue.put(key, made)
    return made
