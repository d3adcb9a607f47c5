"""The network's options and the recipe's results on the training page."""

from __future__ import annotations

import pytest

from cnnlab.runs import store
from cnnlab.training.recipes import RECIPES, recipe
from cnnlab.ui.train import recipe_note
from cnnlab.ui.train.settings.form import DRAFT
from tests.pages.test_every_page import open_page

pytestmark = pytest.mark.usefixtures("through_app")


@pytest.fixture
def page(trained, monkeypatch):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    page = open_page("train.py")
    page.button_group(key="train_section").set_value("Network").run()
    assert not page.exception
    return page


def draft(page):
    return page.session_state[DRAFT]


def start(page):
    return next(button for button in page.button if button.label == "Start")


def said(page) -> str:
    return "\n".join(each.value for each in page.main.markdown)


def test_what_is_typed_becomes_the_networks_options(page):
    assert "**simple-cnn**: 215,370 parameters, 3.0 million multiply-adds for an image of 1×28×28" in said(page)
    assert draft(page) == recipe("a0-simple-cnn").config
    page.text_input(key="train_option_channels_of_simple-cnn").set_value("8, 16").run()
    page.text_input(key="train_option_dropout_of_simple-cnn").set_value("0.5").run()
    assert draft(page).options == {"channels": (8, 16), "dropout": 0.5}
    count = (25 + 1) * 8 + (25 * 8 + 1) * 16 + (7 * 7 * 16 + 1) * 128 + 129 * 10
    assert f"{count:,} parameters" in said(page)
    page.text_input(key="train_option_dropout_of_simple-cnn").set_value("0.2").run()
    assert draft(page).options == {"channels": (8, 16)}, "the default is no choice"


def test_a_wrong_option_is_one_sentence_and_nothing_can_be_started(page):
    page.text_input(key="train_option_channels_of_simple-cnn").set_value("8, many").run()
    (error,) = page.error
    assert error.value.startswith(
        "Option channels of simple-cnn is '8, many': it must be 2 whole numbers from 1 to 512"
    )
    assert start(page).disabled and not draft(page).options
    page.text_input(key="train_option_channels_of_simple-cnn").set_value("8, 16").run()
    assert not page.error and not start(page).disabled


def test_another_network_and_another_recipe_bring_their_own_options(page):
    page.text_input(key="train_option_channels_of_simple-cnn").set_value("8, 16").run()
    page.selectbox(key="train_network").set_value("lenet-5").run()
    assert (draft(page).network, draft(page).options) == ("lenet-5", {}) and not page.exception
    page.selectbox(key="train_option_activation_of_lenet-5").set_value("relu").run()
    assert draft(page).options == {"activation": "relu"}
    page.selectbox(key="train_recipe").set_value("a4-improved").run()
    assert draft(page) == recipe("a4-improved").config and not page.exception
    assert "871,530 parameters" in said(page)


def test_a_network_too_large_for_a_laptop_says_what_to_do(page):
    page.selectbox(key="train_network").set_value("vgg-16").run()
    assert "134,301,514 parameters, 15.5 billion" in said(page)
    assert "choose a smaller size for its images" in page.warning[0].value
    page.text_input(key="train_option_size_of_vgg-16").set_value("32").run()
    assert not page.warning and draft(page).options == {"size": 32}


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_can_be_chosen(page, name):
    page.selectbox(key="train_recipe").set_value(name).run()
    assert not page.exception and not page.error and draft(page) == recipe(name).config
    assert "Test accuracy: " in said(page)


def test_reported_stands_beside_measured():
    page = open_page("train.py")
    run, _ = store.find_run("a0-simple-cnn")
    measured = f"{run.outcome.test_accuracy:.2%}"
    assert "Test accuracy: reported **98.94%**" in said(page) and measured in said(page)
    assert recipe_note.measured("a0-simple-cnn")["a0-simple-cnn"] == run.outcome.test_accuracy
    assert not recipe_note.measured("a4-improved")
