"""The one value that the confusion page shows, from the chosen network and images and what the widgets say.

Only here does the page ask for predictions, layers or another network. Widgets are read before they are drawn: their
state is set to what this network offers, so that the value and the widgets agree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import streamlit as st

from cnnlab.errors import CnnlabError
from cnnlab.evaluation import calibration, class_report, confusion_matrix, projections, selective_prediction, tsne
from cnnlab.evaluation.evaluation_set import spread
from cnnlab.evaluation.layer_values import PIXELS, Station
from cnnlab.evaluation.prediction_filter import ORDERS, Filter, choose
from cnnlab.evaluation.predictions import Predictions
from cnnlab.ui.cache import loaders, predictions_cache
from cnnlab.ui.confusion import certainty, epoch_charts, films_of, gallery, matrix, pager, points
from cnnlab.ui.confusion.answers import Answers
from cnnlab.ui.confusion.contents import (
    CERTAINTY,
    GALLERY,
    MATRIX,
    POINTS,
    REPORT,
    VIEW,
    VIEWS,
    CertaintyView,
    Contents,
    FailedTsne,
    FlatMap,
    GalleryView,
    MatrixContents,
    MatrixView,
    NoTsne,
    OpenView,
    PointsView,
    Refusal,
    Selection,
    SpaceMap,
    Strip,
    TsneInProgress,
)
from cnnlab.ui.state import address, chosen_network, visitor
from cnnlab.ui.state.address_kinds import among, flag, one_of, pair_of, slug, span, whole

LIVE_IMAGES = 2_000  # shown while training is followed: all of them would slow it down
ROW = 4  # images beside the matrix
GALLERY_PAGE = 30
SURE = 0.9  # confidence from which an answer is called sure
MOST_IN_SPACE = 3_000  # points that a laptop without a GPU still turns smoothly
FEWEST_FOR_TSNE = 10  # images below which a map means nothing
WANTED = "confusion_wanted_map"  # session-state key: the t-SNE map this tab asked for last
Option = TypeVar("Option")


def gather(selection: Selection) -> Contents:
    """Everything that the open view shows. Ends the page with a sentence where a network's answers are not finite."""
    network, images = selection.network, selection.images
    if selection.live:
        network = chosen_network.network()  # as it has become since the page was drawn
        images = images.every(max(1, len(images) // LIVE_IMAGES))
    answers = Answers(network, images, predictions_cache.predictions(network, images))
    right = int(answers.predictions.right.sum())
    state = "training now" if selection.live else f"epoch {network.epoch}"
    headline = (
        f"**{network.run}**, {state}, on {images.words}: **{answers.predictions.accuracy:.2%} right**, "
        f"{len(images) - right:,} wrong"
    )
    view = _chosen("view", VIEW, VIEWS)
    return Contents(headline, answers, view, GATHER[view](answers, selection.live))


def _chosen(
    name: str, key: str, offered: Sequence[Option], usual: Option | None = None, text: Callable[[Any], str] = slug
) -> Option:
    """What the widget `key` says, which stands in the address under `name`.

    `usual`, else the first that is offered, until it is set, and where this network does not offer it.
    """
    address.remember(name, key, one_of(offered, text), offered[0] if usual is None else usual)
    return st.session_state[key]


def _matrix(answers: Answers, _live: bool) -> MatrixView:
    percent = _chosen("numbers", matrix.NUMBERS, (matrix.COUNTS, matrix.PERCENT)) == matrix.PERCENT
    runs = {
        run.name: run
        for run in loaders.runs()[0]
        if run.record.classes == answers.classes and run.record.image_shape == answers.network.image_shape
    }
    name = _chosen("with", matrix.COMPARED, [matrix.NOTHING, *runs], text=str)
    if name == matrix.NOTHING:
        return MatrixView(list(runs), [], _matrix_contents(answers, percent, None, ""))
    epochs = runs[name].epochs
    epoch = _chosen("with-epoch", matrix.epoch_key(name), epochs, text=str)
    try:
        compared = loaders.read_checkpoint(runs[name], epoch)
    except (CnnlabError, OSError) as error:
        return MatrixView(list(runs), epochs, Refusal(str(error), damaged=True))
    other = predictions_cache.answers(compared, answers.images)
    if not other.finite:
        return MatrixView(list(runs), epochs, Refusal(predictions_cache.ran_away(compared), damaged=False))
    chosen = chosen_network.choice().run
    against = f"epoch {epoch}" if chosen and chosen.name == name else f"{name}, epoch {epoch}"
    return MatrixView(list(runs), epochs, _matrix_contents(answers, percent, other, against))


def _matrix_contents(answers: Answers, percent: bool, other: Predictions | None, against: str) -> MatrixContents:
    """other: the answers to compare with; against: whose they are."""
    address.remember_click("cell", matrix.PICKED, pair_of(answers.classes))
    picked = st.session_state.get(matrix.PICKED)
    shown = epoch_charts.numbers(answers.predictions, other, percent, picked)
    film = films_of.matrix(answers.images, other, percent, picked, against)
    if other is None or shown.before is None:
        sentence = confusion_matrix.biggest_mistake(shown.counts, answers.classes)
        return MatrixContents(sentence, shown, [_all_of(answers, shown.cell)], film)
    change = confusion_matrix.biggest_change(shown.counts, shown.before, answers.classes)
    return MatrixContents(f"Against {against}: {change}", shown, _differences(answers, other, shown.cell), film)


def _all_of(answers: Answers, cell: tuple[int, int]) -> Strip:
    places = confusion_matrix.cell(answers.predictions, *cell)
    title = f"{_arrow(answers, cell)}: {confusion_matrix.images(len(places))}"
    return Strip(title, "surest first", pager.open_page(matrix.CELL_PAGE, places, 2 * ROW, answers.tiles))


def _differences(answers: Answers, other: Predictions, cell: tuple[int, int]) -> list[Strip]:
    places, earlier = (confusion_matrix.cell(found, *cell) for found in (answers.predictions, other))
    came, went = places[~np.isin(places, earlier)], earlier[~np.isin(earlier, places)]
    return [
        Strip(
            f"{_arrow(answers, cell)}: {confusion_matrix.images(len(came))} only now",
            "",
            pager.open_page(matrix.CAME_PAGE, came, ROW, answers.tiles),
        ),
        Strip(
            f"{confusion_matrix.images(len(went))} no longer",
            "with the answer now",
            pager.open_page(matrix.WENT_PAGE, went, ROW, answers.tiles),
        ),
    ]


def _arrow(answers: Answers, cell: tuple[int, int]) -> str:
    return f"{answers.classes[cell[0]]} → {answers.classes[cell[1]]}"


def _report(answers: Answers, _live: bool) -> class_report.Report:
    return class_report.report(answers.predictions)


def _gallery(answers: Answers, _live: bool) -> GalleryView:
    names = [gallery.ANY, *answers.classes]
    address.remember("wrong", gallery.WRONG, flag(), True)
    address.remember("sure", gallery.SURE, span(0, 100), (0, 100))
    true, predicted = (
        _chosen(name, key, names, text=str) for name, key in (("true", gallery.TRUE), ("read-as", gallery.PREDICTED))
    )
    lowest, highest = st.session_state[gallery.SURE]
    wanted = Filter(
        wrong_only=st.session_state[gallery.WRONG],
        true=None if true == gallery.ANY else answers.classes.index(true),
        predicted=None if predicted == gallery.ANY else answers.classes.index(predicted),
        lowest=lowest / 100,
        highest=highest / 100,
        order=_chosen("order", gallery.ORDER, ORDERS),
    )
    places = choose(answers.predictions, wanted)
    return GalleryView(len(places), pager.open_page(gallery.PAGE, places, GALLERY_PAGE, answers.tiles))


def _certainty(answers: Answers, _live: bool) -> CertaintyView:
    confidence, right = answers.predictions.confidence, answers.predictions.right
    address.remember("at-least", certainty.THRESHOLD, whole(0, 100), 90)
    groups = {"right": confidence[right], "wrong": confidence[~right]}
    return CertaintyView(
        sentence=_sure_and_wrong(groups["wrong"]),
        bins=calibration.histogram(confidence, right),
        medians={name: np.median(group) for name, group in groups.items() if len(group)},
        reliability=calibration.reliability(confidence, right),
        coverage=selective_prediction.coverage(confidence, right),
        selected=selective_prediction.select(confidence, right, st.session_state[certainty.THRESHOLD] / 100),
    )


def _sure_and_wrong(wrong: np.ndarray) -> str:
    """The sentence over the charts; wrong: how sure each wrong answer was, 0..1."""
    if not len(wrong):
        return "No wrong answers: nothing to be too sure about."
    sure = int((wrong >= SURE).sum())
    return f"Sure and wrong: {sure:,} of {len(wrong):,} mistakes were made with at least {SURE:.0%} certainty."


def _points(answers: Answers, live: bool) -> PointsView:
    network, images = answers.network, answers.images
    layers = {layer.name: layer for layer in predictions_cache.stations(network)}
    names = list(layers)
    layer = layers[_chosen("layer", points.LAYER, names, names[-1], str)]
    method = _chosen("method", points.METHOD, (points.PCA, points.TSNE, points.SPACE))
    what = {PIXELS: "the pixels", names[-1]: "the logits"}.get(layer.name, f"what {layer.name} gives")
    if method == points.SPACE:
        projection = predictions_cache.pca(network, images, layer, 3)
        places = spread(len(images), MOST_IN_SPACE)
        space = SpaceMap(projection.points[places], places, projection.variance)
        return PointsView(names, _neighbours(answers, projection.points, what), space)
    pixels = predictions_cache.pca(network, images, layers[names[0]])
    found = _embedded(answers, layer, live) if method == points.TSNE else None
    if isinstance(found, np.ndarray):
        embedded, missing, variance = found, None, None
    else:
        flat = predictions_cache.pca(network, images, layer)
        embedded, missing, variance = flat.points, found, float(flat.variance[:2].sum())
    placed = projections.on_map(embedded, projections.on_map(pixels.points))
    address.remember_click("point", points.CHOSEN, among(images.indices))
    clicked = st.session_state.get(points.CHOSEN)
    place = epoch_charts.place(answers.predictions, images.indices, clicked)
    embeds = method == points.TSNE and not isinstance(missing, NoTsne)
    shown = FlatMap(
        points=placed,
        place=place,
        tile=answers.tiles([place])[0],
        variance=variance,
        missing=missing,
        film=films_of.points(images, (layers[names[0]], layer), embeds, clicked, what),
    )
    return PointsView(names, _neighbours(answers, placed, what), shown)


def _embedded(answers: Answers, layer: Station, live: bool) -> np.ndarray | NoTsne | FailedTsne | TsneInProgress:
    """The finished t-SNE map [N, 2], or why it is missing; one that can be made is queued."""
    network, images, queue = answers.network, answers.images, predictions_cache.maps()
    key = films_of.map_key(network, images, layer)
    if live or len(images) < FEWEST_FOR_TSNE:
        why = "while training goes on" if live else f"for fewer than {FEWEST_FOR_TSNE} images"
        return NoTsne(why)
    if isinstance(done := queue.result(key), np.ndarray):
        return done

    if not queue.progress(key) and not visitor.may_change():
        return NoTsne("until the teacher asks for it")

    def request() -> None:
        model, pixels = network.model, images.data.images
        queue.request_map(key, lambda: projections.principal(model, pixels, layer, tsne.COMPONENTS).points)

    if error := queue.error(key):
        return FailedTsne(error, request)
    if (earlier := st.session_state.get(WANTED)) not in (None, key) and queue.waits(earlier):
        queue.cancel(earlier)  # the reader has gone on to another layer or epoch
    st.session_state[WANTED] = key
    request()
    return TsneInProgress(queue, key)


def _neighbours(answers: Answers, placed: np.ndarray, what: str) -> str:
    """The sentence over the map of `what`; placed: float [N, 2] or [N, 3]. It speaks of the picture, not the layer."""
    agree = projections.neighbours_agree(placed, answers.predictions.labels)
    if agree is None:
        return f"One image in this picture of {what}: no neighbours yet."
    return f"In this picture of {what}, {agree:.0%} of the points lie next to one of the same {answers.noun}."


GATHER: dict[str, Callable[[Answers, bool], OpenView]] = {
    MATRIX: _matrix,
    REPORT: _report,
    GALLERY: _gallery,
    CERTAINTY: _certainty,
    POINTS: _points,
}
