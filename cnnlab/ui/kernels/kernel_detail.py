"""One kernel under the magnifier: its slices, what excites it, and the network without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from cnnlab.charts import kernel_grid as pictures
from cnnlab.charts.class_accuracy import before_and_after
from cnnlab.charts.mosaic import Scale
from cnnlab.inspection import kernel_weights
from cnnlab.inspection.ablation import RightCounts
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import inspection
from cnnlab.ui.components import pixel_grid
from cnnlab.ui.state import address, shared_image
from cnnlab.ui.state.address_kinds import flag, one_of, some_of, whole
from cnnlab.ui.wording import input_names, reads_drawings, thing

NAMED = 4  # kernels that a sentence lists one by one
SLICES = 16  # of a kernel, drawn before the others are asked for
PILLS = 64  # kernels that are switched off by a pill each, more of them in a list
EXCITES, KNOCK_OUT = "What excites it", "Knock it out"


@dataclass(frozen=True)
class Kernel:
    """The chosen kernel: `number` of `layer`, its values float32 [I, kh, kw] on the scale of its layer."""

    layer: str
    number: int
    values: np.ndarray
    scale: Scale


def chosen(layer: str, count: int) -> int:
    """The kernel of `layer` that was clicked last, the first one before any click."""
    key = f"kernels_chosen_of_{layer}"
    address.remember("kernel", key, whole(0, count - 1), 0)
    return st.session_state[key]


def choose(layer: str, kernel: int) -> None:
    """Put `kernel` under the magnifier."""
    st.session_state[f"kernels_chosen_of_{layer}"] = kernel


def silenced(layer: str, count: int) -> set[int]:
    """The kernels of `layer`, which has so many, that are switched off."""
    address.remember("off", _silent_key(layer), some_of(range(count)), [])
    return set(st.session_state[_silent_key(layer)])


def draw(shown: Checkpoint, kernel: Kernel, live: bool) -> None:
    """Draw the magnifier: the kernel's slices left; right what excites it, or the network without it."""
    address.remember("part", "kernels_part", one_of([EXCITES, KNOCK_OUT]), EXCITES)
    left, right = st.columns([1, 2], gap="large")
    with left:
        st.subheader(f"Kernel {kernel.number}")
        _slices(kernel, input_names(shown, kernel.layer, range(len(kernel.values))))
    with right:
        part = st.segmented_control(
            "Kernel",
            [EXCITES, KNOCK_OUT],
            key="kernels_part",
            required=True,
            label_visibility="collapsed",
        )
        if live:
            st.info("Switch off “Follow live training” in the sidebar: this takes all test images, not the next step.")
        elif part == EXCITES:
            _excites(shown, kernel.layer, kernel.number)
        else:
            _knock_out(shown, kernel.layer)


def _slices(kernel: Kernel, names: list[str]) -> None:
    values = kernel.values
    inputs = np.arange(len(values))
    if len(values) > SLICES:
        address.remember("slices", "kernels_all_slices", flag(), False)
    if len(values) > SLICES and not st.toggle(f"all {len(values)} input channels", key="kernels_all_slices"):
        strongest = np.abs(values).mean((1, 2)).argsort()[::-1][:SLICES]
        inputs = np.sort(strongest)
        st.caption(f"The {SLICES} strongest slices:")
    label = f"Kernel {kernel.number} of {kernel.layer}"
    mosaic = pictures.slices(values[inputs], [names[at] for at in inputs], kernel.scale, label)
    pixel_grid.draw(mosaic, f"kernels_slices_{kernel.layer}")


def _excites(shown: Checkpoint, layer: str, kernel: int) -> None:
    test = inspection.test_images(shown)
    found = inspection.top_activations(shown, layer)
    indices = found.images[kernel]
    labels = [test.classes[test.labels[index]] for index in indices]
    favourite = max(labels, key=labels.count)
    st.markdown(
        f"**{labels.count(favourite)} of the {len(labels)}** test {thing(shown)}s that excite it most are a "
        f"**{favourite}**; "
        f"the strongest patch gives {found.values[kernel, 0]:.2f}."
    )
    mosaic = pictures.patches(
        test.images[indices].numpy() / 255,
        found.fields[kernel],
        [f"{name} · {value:.2f}" for name, value in zip(labels, found.values[kernel], strict=True)],
        f"The {thing(shown)}s that excite kernel {kernel} of {layer} most",
    )
    pixel_grid.draw(mosaic, f"kernels_excites_{layer}")


def _knock_out(shown: Checkpoint, layer: str) -> None:
    count = kernel_weights.convolutions(shown.model)[layer].out_channels
    question, key = "Switch off kernels", _silent_key(layer)
    if count <= PILLS:
        switched_off = st.pills(question, range(count), selection_mode="multi", key=key, wrap=True)
    else:
        switched_off = st.multiselect(question, range(count), key=key)
    silent = tuple(sorted(switched_off))
    if silent:
        st.button("Switch all on again", on_click=_restore, args=(layer,))
    before, after = inspection.count_right(shown), inspection.count_right(shown, layer, silent)
    _report(shown, before, after, silent)
    _answer(shown, layer, silent)
    st.altair_chart(
        before_and_after(inspection.test_images(shown).classes, before.fractions, after.fractions),
        key="kernels_right_counts",
    )
    if sum(before.total) < len(inspection.test_images(shown)):
        st.caption(f"Measured on the first {sum(before.total):,} test {thing(shown)}s.")


def _restore(layer: str) -> None:
    st.session_state[_silent_key(layer)] = []


def _report(shown: Checkpoint, before: RightCounts, after: RightCounts, silent: tuple[int, ...]) -> None:
    """Say in a sentence what the kernels `silent` cost."""
    if not silent:
        st.markdown(f"The whole network reads **{before.accuracy:.1%}** rightly. Which kernel will it miss most?")
        return
    lost = [b - a for b, a in zip(before.fractions, after.fractions, strict=True)]
    worst = max(range(len(lost)), key=lost.__getitem__)
    suffers = (
        f"; the {inspection.test_images(shown).classes[worst]} suffers most: "
        f"{before.fractions[worst]:.1%} → {after.fractions[worst]:.1%}"
        if lost[worst] > 0
        else ""
    )
    without = f"{len(silent)} kernels" if len(silent) > NAMED else " and ".join(map(str, silent))
    st.markdown(f"#### Without {without}: {before.accuracy:.1%} → {after.accuracy:.1%} right{suffers}.")


def _answer(shown: Checkpoint, layer: str, silent: tuple[int, ...]) -> None:
    """Say what becomes of the answer to the drawing; without one, to the image that another page sent."""
    drawn = shared_image.last_drawing() or shared_image.sent()
    if drawn is None or drawn.image.shape != shown.image_shape:
        if reads_drawings(shown):
            st.caption("Draw a digit on the Draw page, and its answer appears here too.")
        return
    before, after = (inspection.probabilities(shown, drawn.image, layer, off) for off in ((), silent))
    was, now = int(before.argmax()), int(after.argmax())
    st.markdown(
        f"#### {drawn.caption.capitalize()}: {shown.classes[was]} ({before[was]:.0%}) → "
        f"{shown.classes[now]} ({after[now]:.0%})"
    )


def _silent_key(layer: str) -> str:
    return f"kernels_silent_of_{layer}"
