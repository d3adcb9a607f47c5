"""The views of the convolution page through AppTest, and what they hand to the browser."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.charts import sliding_window
from cnnlab.inspection.convolution_steps import Setting
from cnnlab.inspection.kernel_examples import A2_INPUT, A2_KERNEL
from cnnlab.ui.convolution import scene

pytestmark = pytest.mark.usefixtures("through_app")
ROOT = Path(__file__).parents[2]
VIEWS = ["Numbers", "A digit", "Several channels", "ReLU and pooling"]


def opened(**state) -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run().switch_page("pages/convolution.py")
    for key, value in state.items():
        app.session_state[key] = value
    return app.run()


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_draws(view):
    app = opened(convolution_view=view)
    assert not app.exception and not app.error and app.main.subheader


def test_a_digits_map_is_pooled_too():
    app = opened(
        convolution_view="ReLU and pooling", convolution_pooling_source="a digit's map", convolution_pooling_size=3
    )
    assert not app.exception and not app.error
    assert "784 values become 169" in app.main.subheader[0].value


@pytest.mark.parametrize("view", ["numbers", "channels"])
def test_settings_that_cannot_be_are_one_sentence(view):
    name = {"numbers": "Numbers", "channels": "Several channels"}[view]
    app = opened(convolution_view=name, **{f"convolution_{view}_dilation": 3})
    assert not app.exception
    assert [error.value for error in app.error][0].startswith(
        "A kernel of 3 at dilation 3 spans 7 pixels, but the input"
    )
    app.session_state[f"convolution_{view}_padding"] = 2
    app.run()
    assert not app.error and app.main.subheader


def test_the_formula_has_the_numbers_put_in():
    app = opened(convolution_numbers_padding=1, convolution_numbers_stride=2)
    formula = app.latex[0].value
    assert r"\frac{5+2\cdot1-1\cdot(3-1)-1}{2}" in formula and r"\mathbf{3}" in formula
    assert app.main.subheader[0].value == "9 sums: the kernel fits 3 times across and 3 times down."


def test_a_named_kernel_an_input_and_their_sizes_are_taken():
    app = opened()
    app.selectbox(key="convolution_numbers_kernel_name_0").set_value("Sobel x").run()
    assert app.session_state["convolution_numbers_kernel"].tolist() == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    app.selectbox(key="convolution_numbers_kernel_size_0").set_value(5).run()
    assert app.session_state["convolution_numbers_kernel"].shape == (5, 5)
    assert app.selectbox(key="convolution_numbers_kernel_name_1").value == "own", "what others change is another widget"
    app.selectbox(key="convolution_numbers_input_name_0").set_value("one dot").run()
    app.number_input(key="convolution_numbers_input_size_0").set_value(7).run()
    grid = app.session_state["convolution_numbers_input"]
    assert grid.shape == (7, 7) and grid.sum() == grid[3, 3] == 1
    assert not app.exception and not app.error
    assert "the kernel fits 3 times across" in app.main.subheader[0].value


def test_the_browser_is_given_every_product_sum_and_output():
    payload = scene.convolution(A2_INPUT[None], A2_KERNEL[None], Setting()).payload()
    assert numbers(payload["outputs"][0]["values"]).tolist() == [4, 2, 2, 1, 4, 2, 5, 0, 5]
    assert numbers(payload["channelSums"]).tolist() == [4, 2, 2, 1, 4, 2, 5, 0, 5]
    products = numbers(payload["products"]).reshape(9, 3, 3)
    np.testing.assert_array_equal(products[5], A2_INPUT[1:4, 2:5] * A2_KERNEL)
    assert payload["window"] == [3, 3, 1, 1] and not payload["shown"] and payload["bias"] is None


def test_channels_keep_their_names_and_a_large_input_is_a_picture():
    inputs, kernel = np.ones((2, 4, 4)), np.ones((2, 3, 3))
    window = scene.convolution(inputs, kernel, Setting(), ["red", "green"], bias=0.5)
    assert [grid.edits for grid in (*window.inputs, *window.kernels)] == [
        f"{what} {name}" for what in (sliding_window.INPUT, sliding_window.KERNEL) for name in ("red", "green")
    ]
    assert window.outputs[0].values.tolist() == [[18.5, 18.5], [18.5, 18.5]]
    large = scene.convolution(np.ones((1, 28, 28)), np.ones((1, 3, 3)), Setting())
    assert large.inputs[0].picture and large.outputs[0].picture and large.shown and not large.inputs[0].edits


def numbers(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")
