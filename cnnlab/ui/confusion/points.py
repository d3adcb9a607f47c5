"""Every image as a point, layer by layer."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.charts.point_map import POINT, many_wrong, points_chart
from cnnlab.evaluation import layer_values, projections, tsne
from cnnlab.evaluation.layer_values import Station
from cnnlab.ui.cache import predictions_cache
from cnnlab.ui.components import destinations, tiles
from cnnlab.ui.confusion import space
from cnnlab.ui.confusion.view import View
from cnnlab.ui.state import theme
from cnnlab.ui.state.chosen_network import choice
from cnnlab.ui.state.persistent_widgets import remember

PCA, TSNE, SPACE = "PCA", "t-SNE", "PCA in 3-D"
CHOSEN = "chosen_point"  # the image's number in its set
WANTED = "wanted_map"  # the t-SNE map this tab asked for last
POLL_SECONDS = 0.5
FEWEST = 10  # images t-SNE needs to make sense of


def draw(view: View) -> None:
    """The map left; right the layer, the method, and the image that was clicked."""
    headline = st.empty()
    left, right = st.columns([2.1, 1], gap="medium")
    with right:
        layer, method = _settings(view)
    if method == SPACE:
        headline.subheader(_sentence(view, layer, space.draw(view, layer, left, right)))
        return
    with right, st.container():  # progress comes and goes in a place of its own, so that nothing below moves
        points, share = _points(view, layer, method)
    labels = view.predictions.labels
    centres = projections.centres(points, labels, len(view.classes))
    place = _chosen(view)
    with left:
        st.altair_chart(
            points_chart(points, labels, view.predictions.predicted, centres, view.classes, place, theme.dark()),
            key="points",
            on_select=lambda: _pick(view),
            selection_mode=POINT,
        )
    with right:
        _details(view, place, share)
    headline.subheader(_sentence(view, layer, points))


def _settings(view: View) -> tuple[Station, str]:
    stations = {layer.name: layer for layer in predictions_cache.stations(view.network)}
    last = list(stations)[-1]
    remember(confusion_map_layer=last, confusion_map_method=PCA)
    if st.session_state.confusion_map_layer not in stations:
        st.session_state.confusion_map_layer = last
    name = st.select_slider(
        "Layer", list(stations), key="confusion_map_layer", format_func=lambda name: "logits" if name == last else name
    )
    method = st.segmented_control(
        "Method", [PCA, TSNE, SPACE], key="confusion_map_method", required=True, label_visibility="collapsed"
    )
    return stations[name], method


def _points(view: View, layer: Station, method: str) -> tuple[np.ndarray, float | None]:
    """(points [N, 2] on the map, the share of variance they hold); PCA's for as long as t-SNE is not done."""
    pixels = predictions_cache.stations(view.network)[0]
    reference = projections.on_map(predictions_cache.pca(view.network, view.images, pixels).points)
    if method == TSNE and (embedded := _embedded(view, layer)) is not None:
        return projections.on_map(embedded, reference), None
    flat = predictions_cache.pca(view.network, view.images, layer)
    return projections.on_map(flat.points, reference), float(flat.share[:2].sum())


def _embedded(view: View, layer: Station) -> np.ndarray | None:
    """The finished t-SNE map; until then its progress is shown, or why there will be none."""
    if choice().live or len(view.images) < FEWEST:
        why = "while training goes on" if choice().live else f"for fewer than {FEWEST} images"
        st.info(f"No t-SNE {why}: this is PCA.")
        return None
    digest = "" if layer.name == layer_values.PIXELS else view.network.digest
    key, maps = (digest, view.images.key, layer), predictions_cache.maps()
    if (done := maps.result(key)) is not None:
        return done
    if error := maps.error(key):
        st.error(error)
        if not st.button("Try again"):
            return None
    model, images = view.network.model, view.images.data.images
    if (earlier := st.session_state.get(WANTED)) not in (None, key) and maps.waits(earlier):
        maps.cancel(earlier)  # the reader has gone on to another layer or epoch
    st.session_state[WANTED] = key
    maps.request_map(key, lambda: projections.principal(model, images, layer, tsne.COMPONENTS).points)
    st.fragment(_progress, run_every=POLL_SECONDS)(key)
    return None


def _progress(key: tuple) -> None:
    maps = predictions_cache.maps()
    now = maps.progress(key)
    if now is None:
        st.rerun()
    done, before = now
    waiting = (
        f"t-SNE waits for {before} other piece{'' if before == 1 else 's'} of work" if before else f"t-SNE: {done:.0%}"
    )
    st.progress(done, f"{waiting}. Until then this is PCA.")
    if st.button("Cancel", icon=":material/close:"):
        maps.cancel(key)
        st.session_state.confusion_map_method = PCA
        st.rerun()


def _chosen(view: View) -> int | None:
    """The place of the image that was clicked, or of the surest mistake."""
    places = np.flatnonzero(view.images.indices == st.session_state.get(CHOSEN, -1))
    if len(places):
        return int(places[0])
    wrong = np.flatnonzero(~view.predictions.right)
    return int(wrong[view.predictions.confidence[wrong].argmax()]) if len(wrong) else 0


def _pick(view: View) -> None:
    picked = st.session_state.points.selection[POINT]
    if picked:
        st.session_state[CHOSEN] = int(view.images.indices[int(picked[0]["place"])])


def _details(view: View, place: int, share: float | None) -> None:
    marked = "Hollow" if many_wrong(view.predictions.labels, view.predictions.predicted) else "Ringed"
    st.caption(f"{marked}: wrong answers. Click a point to see its image.")
    with st.container(width=180):
        tiles.draw(view.tiles([place]), key="tiles point", side=160)
    destinations.legend(view.drawable)
    if share is not None:
        st.caption(f"These two directions hold {share:.0%} of the differences between the images.")


def _sentence(view: View, layer: Station, points: np.ndarray) -> str:
    agree = projections.neighbours_agree(points, view.predictions.labels)
    last = predictions_cache.stations(view.network)[-1]
    where = {layer_values.PIXELS: "in the pixels", last.name: "at the logits"}.get(layer.name, f"after {layer.name}")
    if agree is None:
        return f"One image {where}: no neighbours yet."
    return f"{where.capitalize()}, {agree:.0%} of the images lie next to one of the same {view.noun}."
