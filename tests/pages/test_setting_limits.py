"""No widget for a setting has limits of its own: they are those declared beside the field of TrainConfig."""

from __future__ import annotations

import pytest

from cnnlab.training.config import LIMITS
from cnnlab.ui.train.settings import fields, sections
from tests.pages.test_data_page import opened
from tests.pages.test_every_page import open_page

pytestmark = pytest.mark.usefixtures("through_app")
TYPED = {"milestones"}  # in a text field
UNSEEN = {"augment_forms", "eval_every", "eval_images"}  # no widget on the training page
CHOICES = {"schedule": ["step", "plateau"], "optimizer": ["sgd"], "teacher": ["small"]}  # what more widgets hang on


def test_every_number_on_the_training_page(trained, monkeypatch):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    page, found = open_page("train.py"), {}
    limits = {fields.key(name): allowed for name, allowed in LIMITS.items()}

    def look():
        assert not page.exception
        found.update({each.key: (each.min, each.max) for each in page.number_input if each.key in limits})

    for name in sections.SECTIONS:
        page.button_group(key=sections.OPEN).set_value(name).run()
        look()
        for setting, values in CHOICES.items():
            key = fields.key(setting)
            for value in values if key in {each.key for each in page.selectbox} else ():
                page.selectbox(key=key).set_value(value).run()
                look()
    assert set(found) == {fields.key(name) for name in set(LIMITS) - TYPED - UNSEEN}
    assert found == {key: (limits[key].low, limits[key].high) for key in found}


def test_every_slider_of_the_augmentations():
    sliders = {each.key: (each.min, each.max) for each in opened(data_view="Augmentation").slider}
    expected = {name: limits for name, limits in LIMITS.items() if name.startswith("augment_")}
    assert sliders == {
        f"data_tried_{name.removeprefix('augment_')}": (limits.low, limits.slider) for name, limits in expected.items()
    }
