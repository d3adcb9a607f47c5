"""The architectures page through AppTest: every network, comparing, building, and handing over to training."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab import models
from cnnlab.common import paths
from cnnlab.data import datasets
from cnnlab.models import custom_store
from cnnlab.models.build.templates import TEMPLATES
from cnnlab.ui.architectures import compare_two
from tests.pages.test_every_page import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("through_app")]


@pytest.fixture
def page(trained, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    monkeypatch.setenv("CNNLAB_NETWORKS", str(tmp_path / "networks"))
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    return app.switch_page("pages/architectures.py").run()


def view(app: AppTest, name: str) -> AppTest:
    app.session_state.architectures_view = name
    return app.run()


def headings(app: AppTest) -> str:
    return " | ".join(each.value for each in app.main.subheader)


def test_every_network_has_its_heading_and_its_table(page):
    names = page.selectbox(key="architectures_one").options
    assert len(names) == len(models.specs()) - 1
    for spec in models.specs():
        if spec.name != custom_store.CUSTOM:
            page.selectbox(key="architectures_one").set_value(spec.name).run()
            assert not page.exception and not page.error
            assert f"{spec.name}: " in headings(page) and len(page.dataframe) == 1
    assert any(
        "LeCun" in each.value for each in page.selectbox(key="architectures_one").set_value("lenet-5").run().markdown
    )
    assert "lenet-5: 44,426 parameters, 286 k multiply-adds, 5 layers with weights" in headings(page)
    assert "Unit (2, 2) of pool2 sees 33% of the 28×28 pixels: 16×16" in headings(page)
    page.selectbox(key="architectures_layer_of_lenet-5").set_value("conv1").run()
    assert "Unit (12, 12) of conv1 sees 3% of the 28×28 pixels: 5×5" in headings(page)
    page.session_state.architectures_unit = (0, 0)
    page.selectbox(key="architectures_one").set_value("simple-cnn").run()
    page.selectbox(key="architectures_layer_of_simple-cnn").set_value("conv1").run()
    assert "Unit (0, 0) of conv1 sees 1% of the 28×28 pixels: 5×5, cut off at the border to 3×3" in headings(page)


def test_two_networks_are_compared_in_words_and_numbers(page):
    view(page, "Compare two")
    assert not page.exception
    assert "vgg-16 has 2.2 times the parameters of alexnet and 14 times its multiply-adds" in headings(page)
    totals = page.table[0].value
    assert list(totals.loc["parameters"]) == ["62,378,344", "138,357,544"]
    assert list(totals.loc["a unit of the last maps sees"]) == ["195×195", "212×212"]
    page.selectbox(key="architectures_second").set_value("lenet-5").run()
    assert "alexnet has 1,404 times the parameters of lenet-5" in headings(page)
    assert compare_two.totals(["a", "a"], [*[found()] * 2]).columns.is_unique


def found():
    from cnnlab.inspection.architecture import study

    return study(models.outline("lenet-5"), (1, 28, 28))


def test_a_network_is_built_checked_saved_and_handed_to_training(page):
    view(page, "Build your own")
    assert "Every layer fits: 26,858 parameters" in headings(page)
    page.number_input(key="architectures_layer_1_kernel").set_value(31).run()
    page.number_input(key="architectures_layer_1_padding").set_value(0).run()
    assert not page.exception
    assert page.error[0].value.startswith(
        "Layer 1 (convolution 31×31) does not fit: the image gives maps of only 28×28"
    )
    assert page.button(key="architectures_save").disabled
    page.number_input(key="architectures_layer_1_kernel").set_value(7).run()
    page.number_input(key="architectures_layer_1_stride").set_value(4).run()
    page.number_input(key="architectures_layer_1_channels").set_value(4).run()
    for number in (3, 4, 5, 6, 7):  # the first pooling and all of the second convolution
        page.button(key=f"architectures_layer_{number}_away").click().run()
    assert not page.error and "Every layer fits" in headings(page)
    page.text_input(key="architectures_name").set_value("No Name").run()
    page.button(key="architectures_save").click().run()
    assert "use 1 to 30 small letters" in page.error[0].value
    page.text_input(key="architectures_name").set_value("tiny").run()
    page.button(key="architectures_save").click().run()
    assert not page.exception and not page.error
    kept = custom_store.load("tiny")
    assert kept[0] == {"kind": "conv", "channels": 4, "kernel": 7, "stride": 4, "padding": 0}
    assert [layer["kind"] for layer in kept] == ["conv", "activation", "flatten", "linear", "activation", "dropout"]
    next(button for button in page.button if button.label == "Train it").click().run()
    page.switch_page("pages/train.py").run()
    assert page.selectbox(key="train_network").value == "tiny"
    assert not page.exception and not page.error
    page.selectbox(key="train_recipe").set_value("draw").run()
    assert page.selectbox(key="train_network").value == "draw-net", "a recipe brings its network"


def test_a_network_is_checked_against_the_chosen_images(page, colours, monkeypatch):
    monkeypatch.setenv("CNNLAB_DATA", str(colours[1]))
    view(page, "Build your own")
    for name, shape, classes in (("cifar10", (3, 32, 32), 10), ("folder:colours", (3, 32, 30), 3)):
        page.selectbox(key="architectures_images").set_value(name).run()
        options = {"layers": TEMPLATES["Two convolutions"]}
        built = models.build(custom_store.CUSTOM, models.ImageSpec(shape, classes).raw, options=options)
        assert f"{sum(each.numel() for each in built.parameters()):,} parameters" in headings(page)
    train = datasets.load("folder:colours")[0]
    assert datasets.images_of("folder:colours") == (train.image_shape, len(train.classes))
    page.number_input(key="architectures_layer_1_kernel").set_value(31).run()
    page.number_input(key="architectures_layer_1_padding").set_value(0).run()
    assert "the image gives maps of only 32×30" in page.error[0].value
    page.number_input(key="architectures_layer_1_kernel").set_value(5).run()
    page.button(key="architectures_save").click().run()
    next(button for button in page.button if button.label == "Train it").click().run()
    page.switch_page("pages/train.py").run()
    config = page.session_state.draft_config
    assert not page.error and (config.network, config.dataset) == (custom_store.CUSTOM, "folder:colours")


def test_a_layer_is_added_moved_and_taken_from_a_template(page):
    view(page, "Build your own")
    page.session_state.architectures_start = "No layer at all"
    page.run()
    next(button for button in page.button if button.label == "Take it").click().run()
    assert "7,850 parameters" in headings(page), "softmax regression"
    for kind in ("dropout", "flatten"):
        page.button_group(key="architectures_add").set_value(kind).run()
    listed = [layer["kind"] for _, layer in page.session_state.architectures_layers]
    assert listed == ["dropout", "flatten"] and not page.exception
    number = page.session_state.architectures_layers[1][0]
    page.button(key=f"architectures_layer_{number}_up").click().run()
    assert [layer["kind"] for _, layer in page.session_state.architectures_layers] == ["flatten", "dropout"]


def test_a_damaged_own_network_is_named(page):
    custom_store.save("good", [])
    (paths.networks() / "bad.json").write_text("{")
    page.run()
    assert any("bad.json" in warning.value for warning in page.main.warning)
    assert "good (own)" in page.selectbox(key="architectures_one").options
