"""No widget for a setting has limits of its own: they are declared beside the field of TrainConfig."""

from __future__ import annotations

import pytest

from cnnlab.training.config import LIMITS
from cnnlab.ui.train.settings import fields, sections
from tests.pages.test_data_page import opened
from tests.pages.test_every_page import open_page

pytestmark = pytest.mark.usefixtures("through_app")
TYPED = {"milestones"}  # in a text field
UNSEEN = {"augment_forms", "augment_written", "outliers", "eval_every", "eval_images"}  # no widget on the training page
CHOICES = {"schedule": ["step", "plateau"], "optimizer": ["sgd"], "teacher": ["small"]}  # what more widgets hang on


def test_every_number_on_the_training_page(trained, monkeypatch):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    page, found = open_page("train.py"), {}
    known = {fields.key(name) for name in LIMITS}

    def look():
        assert not page.exception
        found.update({each.key: (each.min, each.max) for each in page.number_input if each.key in known})

    for name in sections.SECTIONS:
        page.button_group(key=sections.OPEN).set_value(name).run()
        look()
        for setting, values in CHOICES.items():
            key = fields.key(setting)
            for value in values if key in {each.key for each in page.selectbox} else ():
                page.selectbox(key=key).set_value(value).run()
                look()
    assert set(found) == {fields.key(name) for name in set(LIMITS) - TYPED - UNSEEN}
    assert set(found.values()) == {(None, None)}, "a field with limits hides a wrong number"


@pytest.mark.parametrize(
    ("setting", "typed", "said"),
    [
        ("epochs", 0, "epochs is 0: it must lie between 1 and 1000."),
        ("batch_size", 20_000, "batch_size is 20000: it must lie between 1 and 10000."),
        ("learning_rate", 0.0, "learning_rate is 0: it must lie between 1e-08 and 100."),
        ("seed", -1, "seed is -1: it must lie between 0 and 2.14748e+09."),
    ],
)
def test_a_number_outside_them_is_a_sentence_and_start_waits(trained, monkeypatch, setting, typed, said):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    page = open_page("train.py")
    page.number_input(key=fields.key(setting)).set_value(typed).run()
    assert [each.value for each in page.error] == [said]
    assert page.button(key="train_control_Start").disabled


def test_every_slider_of_the_augmentations():
    sliders = {each.key: (each.min, each.max) for each in opened(data_view="Augmentation").slider}
    expected = {name: limits for name, limits in LIMITS.items() if name.startswith("augment_")}
    assert sliders == {
        f"data_tried_{name.removeprefix('augment_')}": (limits.low, limits.slider) for name, limits in expected.items()
    }
