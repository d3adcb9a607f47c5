"""The feature maps of one image, layer by layer, and the sum behind the pixel that was clicked in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import streamlit as st

from cnnlab.charts import feature_map_grid as pictures
from cnnlab.charts.mosaic import Mosaic, fitting
from cnnlab.common.background import OnProgress
from cnnlab.common.text import dimensions
from cnnlab.errors import CnnlabError
from cnnlab.inspection import activations, pixel_sum
from cnnlab.inspection.activations import Stage
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import inspection
from cnnlab.ui.components import film_maker, image_chooser, pixel_grid
from cnnlab.ui.components.required_choice import required
from cnnlab.ui.feature_maps import compare_digits, importance, sum_behind_pixel
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import cell_of, one_of
from cnnlab.ui.state.chosen_network import choice, one_network
from cnnlab.ui.state.shared_image import SharedImage

LIVE_SECONDS = 0.7
FIT, FIT_ROW, FIT_LAYERS = 32, 8, 8  # maps that can be told apart from the back row: of one layer; of each of several
FIT_NAMES = 24  # layers whose names fit on two lines
ONE, ALL, COMPARE, MATTERED = "One layer", "All layers", "Compare digits", "Which pixels mattered"
PLACE = "feature_maps_clicked_pixel"  # session-state key: (layer, channel, row, column)


def show(view: str, live: bool) -> None:
    """Draw everything below the controls; runs again by itself while training is followed."""
    if choice().live != live:
        st.rerun()
    shown = one_network()
    if view == COMPARE:
        compare_digits.draw(shown)
        return
    image = image_chooser.draw(shown)
    stages = inspection.stages(shown, image.image[None])
    maps = maps_in(stages)
    with presenting.main_view("sentence"):
        st.subheader(answer(shown, image))
    if view == MATTERED:
        importance.draw(shown, image)
        return
    if not maps:
        st.info("This network has no feature maps to show: choose another run.")
        return
    layer = choose_layer(maps) if view == ONE else None
    place = clicked(maps, layer)
    found, problem = None, ""
    try:
        found = pixel_sum.behind(stages, *place)
    except CnnlabError as error:
        problem = str(error)
    with presenting.main_view("maps"):
        left, right = st.columns([1, 3.4])
    with left:
        field = inspection.field(shown, found.layer, found.row, found.col) if found else None
        pixel_grid.draw(pictures.digit(image.image / 255, image.caption, field), "feature_maps_image")
        st.markdown("The frame is what the chosen pixel sees. Click another one." if field else "")
    with right:
        part = draw_maps(maps, layer, place)
    film_maker.draw(_film(image, part))
    if found:
        sum_behind_pixel.draw(shown, found)
    else:
        st.info(problem)


def answer(shown: Checkpoint, image: SharedImage) -> str:
    """What the network reads in the image, how sure it is, and whether that is right."""
    probabilities = inspection.probabilities(shown, image.image)
    read = int(probabilities.argmax())
    caption = image.caption[0].upper() + image.caption[1:]
    sentence = f"{caption} is read as {shown.classes[read]}, {probabilities[read]:.0%} sure"
    if image.label is None:
        return f"{sentence}."
    return f"{sentence} – {'right' if read == image.label else f'wrong, it is {shown.classes[image.label]}'}."


def choose_layer(maps: dict[str, np.ndarray]) -> str:
    """Draw the choice of the layer whose maps are shown; return it."""
    names = list(maps)
    address.remember("layer", "feature_maps_layer", one_of(names, str), names[0])
    if len(names) > FIT_NAMES:
        return st.selectbox("Layer", maps, key="feature_maps_layer", label_visibility="collapsed")
    return required(
        st.segmented_control(
            "Layer", names, key="feature_maps_layer", label_visibility="collapsed", required=True, wrap=True
        )
    )


class Part(NamedTuple):
    """What is drawn: the maps of `layer` from the `first` on; of None, those of all layers from the `first` on."""

    layer: str | None
    first: int


def maps_in(stages: Mapping[str, Stage]) -> dict[str, np.ndarray]:
    """The feature maps [C, H, W] of each layer, of a pass of one image."""
    return {name: each[0].numpy() for name, each in activations.maps(stages).items()}


def clicked(maps: dict[str, np.ndarray], layer: str | None) -> pictures.Place:
    """The pixel that was clicked; where that is not among the maps drawn, the one with the largest value of these."""
    address.remember_click("pixel", PLACE, cell_of({name: each.shape for name, each in maps.items()}))
    first = st.session_state.get(f"feature_maps_Maps_of_{layer}", 0) if layer else 0
    return pixel_in(maps, Part(layer, first), st.session_state.get(PLACE))


def pixel_in(maps: dict[str, np.ndarray], part: Part, place: pictures.Place | None) -> pictures.Place:
    """The pixel `place`; where that is not among the maps drawn, the one with the largest value of these."""
    layer = part.layer
    if place and place[0] in maps and layer in (None, place[0]) and (layer or place[1] < FIT_ROW):
        channels, height, width = maps[place[0]].shape
        if place[1] < channels and place[2] < height and place[3] < width:
            return place
    first, fit = (part.first, FIT) if layer else (0, FIT_ROW)
    layer = layer or next(iter(maps))
    drawn = maps[layer][first : first + fit]
    channel, row, col = map(int, np.unravel_index(drawn.argmax(), drawn.shape))
    return layer, first + channel, row, col


def picture(maps: dict[str, np.ndarray], part: Part, place: pictures.Place) -> Mosaic:
    """That part of the maps, with the pixel `place` marked."""
    if part.layer is None:
        names = list(maps)[part.first : part.first + FIT_LAYERS]
        titles = [f"{name}  {dimensions(maps[name].shape)}" for name in names]
        return pictures.all_layers({name: maps[name][:FIT_ROW] for name in names}, titles, place)
    values = maps[part.layer]
    scale = fitting(values, f"{part.layer}: {len(values)} maps, {values.shape[1]} high, {values.shape[2]} wide. Value")
    return pictures.one_layer(part.layer, values[part.first : part.first + FIT], part.first, scale, place)


def draw_maps(maps: dict[str, np.ndarray], layer: str | None, place: pictures.Place) -> Part:
    """Draw the maps of one layer, or the first ones of every layer; a click chooses a pixel. Return what is drawn."""
    if layer is None:
        first = first_of("Layers", "all", len(maps), FIT_LAYERS)
        names = list(maps)[first : first + FIT_LAYERS]
        mosaic = picture(maps, part := Part(None, first), place)
        pixel_grid.draw(
            mosaic,
            "feature_maps_of_all",
            lambda cell: choose((names[cell.tile // mosaic.columns], cell.tile % mosaic.columns, *cell[1:])),
        )
        st.markdown(
            "Each layer has its own scale. Where there is blue, white is 0; elsewhere black is 0. Click a pixel."
        )
        return part
    first = first_of("Maps", layer, len(maps[layer]), FIT)
    part = Part(layer, first)
    pixel_grid.draw(
        picture(maps, part, place),
        f"feature_maps_of_{layer}",
        lambda cell: choose((layer, first + cell.tile, *cell[1:])),
    )
    return part


def _film(image: SharedImage, part: Part) -> film_maker.Subject:
    pixels, place = image.image, st.session_state.get(PLACE)

    def picture_of(network: Checkpoint, _on_progress: OnProgress) -> Mosaic:
        maps = maps_in(inspection.stages(network, pixels[None]))
        return picture(maps, part, pixel_in(maps, part, place))

    what = part.layer or "all layers"
    settings = (pixels.tobytes(), part, place)
    return film_maker.Subject(f"{image.caption}, maps of {what}", f"feature maps {what}", settings, picture_of)


def first_of(what: str, of: str, count: int, fit: int) -> int:
    """The place of the first of `count` to be drawn; a slider reaches the others where only `fit` can be shown."""
    if count <= fit:
        return 0
    key = f"feature_maps_{what}_of_{of}"
    address.remember(what.lower(), key, one_of(range(0, count, fit)), 0)
    return st.select_slider(
        what,
        range(0, count, fit),
        key=key,
        format_func=lambda at: f"{at} – {min(at + fit, count) - 1}",
    )


def choose(place: pictures.Place) -> None:
    """Remember the clicked pixel."""
    st.session_state[PLACE] = place
