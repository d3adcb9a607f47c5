"""Pinning a drawing, so that a running training reads it again and again."""

from __future__ import annotations

import numpy as np
import streamlit as st
import torch

from cnnlab.ui.cache import loaders
from cnnlab.ui.state.visitor import reserved


def controls(image: np.ndarray | None) -> None:
    """The button that pins this drawing, uint8 [28, 28], or lets the pinned one go."""
    runner = loaders.runner()
    pinned = runner.pinned
    same = image is not None and pinned is not None and np.array_equal(pinned[0, 0].numpy(), image)
    if pinned is not None and (image is None or same):
        reserved(st.button, "Unpin the drawing", icon=":material/keep_off:", on_click=runner.pin, args=(None,))
    else:
        reserved(
            st.button,
            "Pin it: the training page shows how its answer grows",
            icon=":material/keep:",
            disabled=image is None,
            on_click=lambda: runner.pin(torch.from_numpy(image)[None, None]),
        )


def picture() -> None:
    """The pinned drawing, and the button that lets it go."""
    pinned = loaders.runner().pinned
    if pinned is not None:
        st.image(pinned[0, 0].numpy(), width=120)
        reserved(st.button, "Unpin", icon=":material/keep_off:", on_click=loaders.runner().pin, args=(None,))
