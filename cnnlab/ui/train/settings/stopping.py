"""The section for weight averaging, mixed precision, early stopping and the epochs kept."""

from __future__ import annotations

import streamlit as st

from cnnlab.training.config import TrainConfig
from cnnlab.ui.train.settings import fields

FIELDS = ("ema", "early_stopping", "keep", "mixed_precision")


def widgets(config: TrainConfig, fixed: bool) -> None:
    """Draw the settings."""
    columns = st.columns(4, vertical_alignment="bottom")
    note = "Share of the average that is kept at every step, for example 0.999; 0 is off."
    fields.number(columns[0], "ema", "Weight averaging", fixed, step=0.001, help=note)
    note = "Epochs without a lower validation loss after which the run ends; 0 is never."
    fields.number(columns[1], "early_stopping", "Stop early after", fixed, help=note)
    note = "Weights kept on disk: of the untrained network, the best and the last so many epochs; 0 keeps all."
    fields.number(columns[2], "keep", "Epochs kept", fixed, help=note)
    columns[3].checkbox(
        "Mixed precision",
        key="train_mixed_precision",
        disabled=fixed,
        help="Half as many digits (bfloat16) where torch holds that safe: faster on a GPU, "
        "and on processors made for it.",
    )


def picture(config: TrainConfig, fixed: bool) -> None:
    """Say what the settings mean for this run."""
    sentences = []
    if config.ema:
        sentences.append(
            f"Measured, kept and shown is not the network that trains but the average of its weights over some "
            f"**{1 / (1 - config.ema):,.0f} steps**."
        )
    if config.early_stopping:
        sentences.append(
            f"The run ends when the validation loss has not fallen for **{config.early_stopping} epochs**."
        )
    if config.keep:
        sentences.append(
            f"Of {config.epochs} epochs the weights of the best and the last **{config.keep}** stay on disk."
        )
    if sentences:
        st.markdown(" ".join(sentences))
