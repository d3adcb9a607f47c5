"""An element's script whose call is overtaken by a newer one is ended by Streamlit: what the newer one drew stays."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from cnnlab.charts.training_curves import Curve, Validation, loss_chart
from cnnlab.inspection.convolution_steps import Setting
from cnnlab.inspection.kernel_examples import A2_INPUT, A2_KERNEL
from cnnlab.ui.components import curve_chart
from cnnlab.ui.convolution import scene

UI = Path(curve_chart.__file__).parents[1]
UPLOT = "components/uplot/uPlot.iife.min.js"
CALLS = """async ([source, html, data, part]) => {
  const place = document.body.appendChild(document.createElement("div"));
  place.innerHTML = html;
  const { default: draw } = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const call = () => draw({ parentElement: place, data, setTriggerValue() {} });
  const count = () => place.querySelectorAll(part).length, found = [];
  const overtaken = call(), newer = call();
  overtaken();
  found.push(count());
  call();
  found.push(count());
  place.remove();
  newer();
  return found;
}"""


def curves() -> dict:
    curve = Curve("training", np.array([1, 2, 3]), np.array([2.3, 1.1, 0.4]))
    return loss_chart(curve, Validation(curve, curve)).payload()


def window() -> dict:
    return scene.convolution(A2_INPUT[None], A2_KERNEL[None], Setting()).payload() | {"answered": 0}


@pytest.mark.parametrize(
    ("script", "libraries", "html", "data", "part"),
    [
        ("convolution/window_player.js", [], '<div class="player"></div>', window, ".stage"),
        ("components/curve_chart.js", [UPLOT], curve_chart._HTML, curves, ".plot canvas"),
    ],
)
def test_it_is_drawn_once_and_stays(page, address, script, libraries, html, data, part):
    page.goto(f"{address}/_stcore/health")
    parts = [*libraries, "components/shared.js", script]
    source = "\n".join((UI / each).read_text() for each in parts)
    assert page.evaluate(CALLS, [source, html, data(), part]) == [1, 1]


def test_no_script_ends_what_a_newer_call_has_drawn():
    """Each that ends something waits until its place has gone; the others end only what is their own call's."""
    own = {"address_bar.js", "answer_bars.js"}
    for file in UI.rglob("*.js"):
        if file.name in own or "uplot" in file.parts:
            continue
        drawn = re.search(r"^export default .*?^}$", file.read_text(), re.MULTILINE | re.DOTALL)
        assert not drawn or not re.search(r"^  return (?!whenGone\()", drawn[0], re.MULTILINE), file.name
