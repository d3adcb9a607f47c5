"""The predictions of networks for whole sets of images, worked out once and shared by all tabs."""

from __future__ import annotations

import streamlit as st
from torch import nn

from cnnlab.common.background import process_queue
from cnnlab.common.threads import all_but_one
from cnnlab.data.dataset import Dataset
from cnnlab.errors import CnnlabError
from cnnlab.evaluation import layer_values, projections
from cnnlab.evaluation.evaluation_set import EvaluationSet, evaluation_sets, of_drawings
from cnnlab.evaluation.layer_values import Station
from cnnlab.evaluation.predictions import Predictions, predict
from cnnlab.evaluation.projections import Projection
from cnnlab.evaluation.tsne_queue import Maps
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import bounded, class_drawings, loaders
from cnnlab.ui.wording import reads_drawings


def sets_for(network: Checkpoint) -> list[EvaluationSet]:
    """The sets this network can be evaluated on: its test part first; last the class's drawings, if it reads digits."""
    config = network.config
    known = _sets(config.dataset, config.split, *loaders.own_data(network))
    drawn = _drawings()
    return [*known, drawn] if drawn and reads_drawings(network) else known


def _drawings() -> EvaluationSet | None:
    """The class's drawings; None while there are none, or their file is damaged, which the draw page reports."""
    try:
        kept = class_drawings.read()
        return of_drawings(kept.dataset(), class_drawings.stamp()) if len(kept) else None
    except (CnnlabError, OSError):
        return None


@st.cache_resource(max_entries=2, show_spinner=False)  # views of data that is kept anyway
def _sets(dataset: str, split: str, _train: Dataset, _test: Dataset) -> list[EvaluationSet]:
    return evaluation_sets(dataset, split, _train, _test)


def predictions(network: Checkpoint, images: EvaluationSet) -> Predictions:
    """The network's answers. Ends the page with a sentence where they are not finite."""
    found = answers(network, images)
    if not found.finite:
        st.warning(ran_away(network))
        st.stop()
    return found


def answers(network: Checkpoint, images: EvaluationSet) -> Predictions:
    """The network's answers, finite or not."""
    return _answers(network.digest, images.key, network.model, images.data)


def ran_away(network: Checkpoint) -> str:
    """The sentence for a network whose answers are not finite."""
    return (
        f"**{network.run}**, epoch {network.epoch}: this training ran away and the network's answers are no longer "
        "numbers. Choose an earlier epoch, or train again with a smaller learning rate."
    )


@bounded.kept("Showing the network every image …")
def _answers(digest: str, images: str, _model: nn.Module, _data: Dataset) -> Predictions:
    with all_but_one():  # the browser draws meanwhile: two threads that share a core with it take half as long again
        return predict(_model, _data)


def stations(network: Checkpoint) -> list[Station]:
    """The layers whose outputs can be projected to a map, from pixels to logits."""
    return _stations(network.digest, network.image_shape, network.model)


@bounded.kept()
def _stations(digest: str, image_shape: tuple[int, int, int], _model: nn.Module) -> list[Station]:
    return layer_values.stations(_model, image_shape)


def pca(network: Checkpoint, images: EvaluationSet, layer: Station, directions: int = 2) -> Projection:
    """What a layer gives for the images, projected on its first `directions` principal components."""
    digest = "" if layer.name == layer_values.PIXELS else network.digest  # pixels are the same for every network
    return _pca(digest, images.key, layer, directions, _model=network.model, _data=images.data)


@bounded.kept("Looking for the main directions …")
def _pca(digest: str, images: str, layer: Station, directions: int, _model: nn.Module, _data: Dataset) -> Projection:
    return projections.principal(_model, _data.images, layer, directions)


@st.cache_resource
def maps() -> Maps:
    """The process's t-SNE maps."""
    return Maps(process_queue())
