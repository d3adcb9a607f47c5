"""The section for augmentation: its amounts, and their effect on real training images."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.charts.mosaic import GREYS, Mosaic, Tile
from cnnlab.common.threads import one_thread
from cnnlab.data import datasets
from cnnlab.data.augment.preview import variants
from cnnlab.data.dataset import as_input
from cnnlab.training.config import TrainConfig
from cnnlab.ui.cache import loaders
from cnnlab.ui.components import pixel_grid
from cnnlab.ui.train.settings import fields

AMOUNTS = (  # field, label, step
    ("augment_rotation", "Rotation, °", 5.0),
    ("augment_shift", "Shift, pixels", 1.0),
    ("augment_scale", "Scale", 0.05),
    ("augment_shear", "Slant", 0.05),
    ("augment_aspect", "Aspect", 0.05),
    ("augment_elastic", "Warp, pixels", 0.5),
    ("augment_thickness", "Stroke, pixels", 0.5),
    ("augment_crop", "Crop, border", 1),
    ("augment_flip", "Mirrored, share", 0.1),
    ("augment_erasing", "Erased, share", 0.1),
)
FIELDS = tuple(amount[0] for amount in AMOUNTS)
IMAGES, ROWS = 12, 4  # in the picture


def widgets(config: TrainConfig, fixed: bool) -> None:
    """Draw the amounts; 0 leaves a kind of change out."""
    rows = [*st.columns(5), *st.columns(5)]
    for place, (field, label, step) in zip(rows, AMOUNTS, strict=True):
        impossible = field == "augment_flip" and not datasets.spec(config.dataset).mirrors
        note = "A mirrored digit or letter is another one or none." if impossible else None
        fields.number(place, field, label, fixed or impossible, step=step, help=note)


def picture(config: TrainConfig, fixed: bool) -> None:
    """Draw some training images, and below them what training would see of them in four epochs."""
    if not (config.augmentation.active or config.augment_forms or config.augment_written):
        st.caption("Nothing is changed: the network sees every image as it is. Raise an amount to see what it does.")
        return
    images = preview(config)
    names = ["as it is", *(f"epoch {row}" for row in range(1, ROWS + 1))]
    if images.shape[2] == 1:
        tiles = [Tile(image[0], GREYS, name=name) for row, name in zip(images, names, strict=True) for image in row]
        label = "Training images, and what augmentation makes of them"
        pixel_grid.draw(Mosaic(tiles, IMAGES, label, max_height=480, row_titles=names), key="train_augment_preview")
    else:
        st.image(_sheet(images), width="stretch", caption="First row: as they are.")


def preview(config: TrainConfig) -> np.ndarray:
    """float32 [1 + ROWS, IMAGES, C, H, W] in 0..1: the images as they are, then ROWS times varied."""
    train = loaders.parts(config).train
    images, labels = train.images[:IMAGES], train.labels[:IMAGES]
    styles = {"forms": config.augment_forms, "written": config.augment_written}
    with one_thread():
        rows = variants(images, labels, config.augmentation, seed=config.seed, times=ROWS, **styles)
    return np.concatenate((as_input(images)[None].numpy(), rows))


def _sheet(images: np.ndarray) -> np.ndarray:
    """The rows [R, N, C, H, W] of colour images as one picture [height, width, C], enlarged, with gaps between."""
    large = np.pad(images.repeat(3, 3).repeat(3, 4), [(0, 0)] * 3 + [(4, 4)] * 2, constant_values=1)
    rows, count, channels, height, width = large.shape
    return large.transpose(0, 3, 1, 4, 2).reshape(rows * height, count * width, channels)
