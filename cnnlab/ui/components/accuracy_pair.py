"""The accuracy on the class's drawings beside that on MNIST."""

from __future__ import annotations

import streamlit as st

from cnnlab.evaluation.predictions import predict
from cnnlab.runs.store import Checkpoint
from cnnlab.training.results import newest
from cnnlab.ui.cache import bounded, loaders
from cnnlab.ui.state.chosen_network import choice, followed


def draw(ours: str, right: int, count: int, network: Checkpoint) -> None:
    """Draw both, large: `right` of `count` drawings, and MNIST as `network` reads it."""
    with st.container(key="shared_accuracy_pair"):
        left, middle = st.columns(2)
    left.metric(
        ours,
        f"{right / count:.1%}" if count else "–",
        f"{right} of {count} right",
        delta_color="off",
        delta_arrow="off",
    )
    name, accuracy = _of_mnist(network)
    middle.metric(
        name,
        "–" if accuracy is None else f"{accuracy:.1%}",
        f"{network.run}, epoch {network.epoch}",
        delta_color="off",
        delta_arrow="off",
    )


def _of_mnist(network: Checkpoint) -> tuple[str, float | None]:
    """What was measured and the accuracy; of a network in training what it measured itself last."""
    if choice().live:
        return "MNIST validation images", newest(followed().evaluations, "val_accuracy")
    return "MNIST test set", _test_accuracy(network.digest, network)


@bounded.kept("Reading the test set …")
def _test_accuracy(digest: str, _network: Checkpoint) -> float:
    return predict(_network.model, loaders.parts(_network.config).test).accuracy
