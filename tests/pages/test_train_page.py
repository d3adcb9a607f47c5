"""The training page's further settings through AppTest: what is typed becomes the run's settings."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import Parameter
from torch.optim import SGD, lr_scheduler

from cnnlab.charts.gradient_curves import gradient_chart
from cnnlab.charts.palette import DEPTHS
from cnnlab.charts.training_curves import Curve, Validation, accuracy_chart, error_chart
from cnnlab.training.config import TrainConfig
from cnnlab.ui.train.settings import faults
from cnnlab.ui.train.settings.augmentation import preview
from cnnlab.ui.train.settings.form import DRAFT
from cnnlab.ui.train.settings.schedule import planned
from tests.pages.test_every_page import open_page

pytestmark = pytest.mark.usefixtures("through_app")


@pytest.fixture
def page(trained, monkeypatch, through_app):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    return open_page("train.py")


def section(page, name):
    page.button_group(key="train_section").set_value(name).run()
    assert not page.exception
    return page


def draft(page) -> TrainConfig:
    return page.session_state[DRAFT]


def test_no_section_is_open_to_begin_with(page):
    assert "train_schedule" not in [each.key for each in page.selectbox]


def test_a_schedule_is_chosen_drawn_and_remembered(page):
    section(page, "Schedule and optimiser")
    page.selectbox(key="train_schedule").set_value("step").run()
    page.number_input(key="train_step_size").set_value(2).run()
    assert (draft(page).schedule, draft(page).step_size) == ("step", 2) and not page.error
    section(page, "Augmentation")
    section(page, "Schedule and optimiser")
    assert page.selectbox(key="train_schedule").value == "step" and page.number_input(key="train_step_size").value == 2
    page.selectbox(key="train_recipe").set_value("draw").run()
    assert page.selectbox(key="train_schedule").value == "one-cycle" and draft(page).augment_forms == 0.5


def test_what_cannot_be_is_a_sentence_and_start_waits(page):
    section(page, "Schedule and optimiser")
    page.selectbox(key="train_schedule").set_value("multistep").run()
    assert "milestones is empty" in page.error[0].value
    assert page.button(key="train_control_Start").disabled
    page.text_input(key="train_milestones").set_value("1, 2").run()
    assert not page.error and draft(page).milestones == (1, 2)
    assert not page.button(key="train_control_Start").disabled


def test_a_plateau_is_said_in_words(page):
    section(page, "Schedule and optimiser")
    page.selectbox(key="train_schedule").set_value("plateau").run()
    assert any("until more than 10 epochs in a row" in each.value for each in page.markdown)


def test_the_drawn_schedule_is_torchs():
    config = TrainConfig(epochs=4, schedule="multistep", milestones=(1, 3), gamma=0.1, learning_rate=0.2)
    epochs, rates = planned(config)
    optimizer = SGD([Parameter(torch.zeros(1))], lr=0.2)
    oracle = lr_scheduler.MultiStepLR(optimizer, [1, 3], 0.1)
    for epoch in range(4):
        assert rates[epochs.index(epoch)] == pytest.approx(optimizer.param_groups[0]["lr"])
        optimizer.step()
        oracle.step()
    assert (epochs[0], epochs[-1]) == (0, 4)


def test_the_preview_shows_training_images_and_what_becomes_of_them(page, mnist):
    section(page, "Augmentation")
    assert page.number_input(key="train_augment_flip").disabled
    page.number_input(key="train_augment_crop").set_value(3).run()
    assert draft(page).augment_crop == 3 and not page.exception
    rows = preview(draft(page))
    assert np.array_equal((rows[0] * 255).round(), mnist[0].images[:12].numpy())
    assert all(not np.array_equal(rows[0], row) for row in rows[1:])


def test_averaging_and_stopping_are_explained(page):
    section(page, "Averaging and stopping")
    page.number_input(key="train_ema").set_value(0.99).run()
    page.number_input(key="train_early_stopping").set_value(3).run()
    assert (draft(page).ema, draft(page).early_stopping) == (0.99, 3)
    assert any("over some **100 steps**" in each.value and "**3 epochs**" in each.value for each in page.markdown)


def test_a_run_to_start_from_and_layers_to_freeze_are_chosen(page):
    section(page, "Earlier runs")
    assert page.multiselect(key="train_freeze").options == ["conv1", "conv2", "fc1", "fc2"]
    page.selectbox(key="train_start_from").set_value("small").run()
    page.multiselect(key="train_freeze").set_value(["conv1"]).run()
    page.selectbox(key="train_teacher").set_value("small").run()
    config = draft(page)
    assert (config.start_from, config.freeze, config.teacher) == ("small", ("conv1",), "small")


def test_a_rate_is_found_and_taken_with_a_click(page):
    section(page, "Find a rate")
    page.button(key="train_try_rates").click().run()
    assert not page.exception and not page.error
    take = page.button(key="train_take_rate")
    take.click().run()
    assert (
        draft(page).learning_rate == float(take.label.split()[1]) == page.number_input(key="train_learning_rate").value
    )


def test_the_error_rate_is_what_accuracy_leaves():
    curve = Curve("x", np.array([1, 2]), np.array([0.9, 0.95]))
    both = Validation(curve, curve)
    chart, other = error_chart(curve, both, [curve], 0.8), accuracy_chart(curve, both, [curve], 0.8)
    assert (chart.title, chart.low, chart.high) == ("error rate", 0.0, pytest.approx(0.2))
    for ours, theirs in zip(chart.lines, other.lines, strict=True):
        assert ours.curve.y == pytest.approx(100 / 100 - theirs.curve.y) and ours.color == theirs.color


def test_a_line_a_layer_and_of_many_layers_a_choice_with_both_ends():
    norms = [{f"layer{n}": 0.5 * n for n in range(20)}] * 3
    chart = gradient_chart([7, 14, 21], norms)
    names = [line.curve.name for line in chart.lines]
    assert len(names) == len(DEPTHS) and names[0] == "layer0" and names[-1] == "layer19"
    assert np.isnan(chart.lines[0].curve.y).all() and chart.lines[-1].curve.y.tolist() == [9.5] * 3
    assert gradient_chart([], []).lines == []


def test_a_fault_is_chosen_explained_and_remembered(page):
    section(page, "Faults")
    assert any("Nothing is wrong" in each.value for each in page.caption)
    page.number_input(key="train_train_images").set_value(550).run()
    page.number_input(key="train_wrong_labels").set_value(0.2).run()
    page.selectbox(key="train_order").set_value("sorted").run()
    page.selectbox(key="train_weights").set_value("zero").run()
    page.selectbox(key="train_pixels").set_value("raw-255").run()
    page.checkbox(key="train_test_leak").check().run()
    chosen = draft(page)
    assert (chosen.train_images, chosen.wrong_labels, chosen.order) == (550, 0.2, "sorted") and not page.error
    assert (chosen.weights, chosen.pixels, chosen.test_leak) == ("zero", "raw-255", True)
    said = " ".join(each.value for each in page.markdown)
    assert "**550 images**" in said and "**20% of the training labels** are wrong" in said
    assert all(sentence in said for sentence in faults.sentences(chosen)) and len(faults.sentences(chosen)) == 6
    section(page, "Augmentation")
    section(page, "Faults")
    assert page.number_input(key="train_train_images").value == 550
    assert page.selectbox(key="train_order").value == "sorted" and page.checkbox(key="train_test_leak").value


def test_a_fault_that_cannot_be_is_a_sentence_and_start_waits(page):
    section(page, "Faults")
    page.number_input(key="train_wrong_labels").set_value(1.5).run()
    assert "wrong_labels is 1.5: it must lie between 0 and 1." in page.error[0].value
    assert page.button(key="train_control_Start").disabled
