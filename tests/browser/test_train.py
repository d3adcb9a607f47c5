"""The training page with real clicks."""

from __future__ import annotations

import json
import re
import time
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from benchmarks.support.browser import settled
from tests.browser.conftest import SLOW_MOTION, tab

CHART = ".st-key-train_loss_chart canvas, .st-key-train_accuracy_chart canvas"
STEP = ".progress div:has(> span:text-is('Step')) b"
FEWER_IMAGES = """
from cnnlab.runs import launch
plain_split = launch.split
launch.split = lambda name, train, test: plain_split(name, train.part(0, 11_000), test)
"""
FAULTY = 123  # the batch size that brings an error in the 20th step, once: later runs may keep it
FAULT = f"""
from cnnlab.training.trainer import Trainer
plain_step = Trainer.step
def step(self):
    if self.step_count == 20 and self.config.batch_size == {FAULTY}:
        Trainer.step = plain_step
        raise RuntimeError('the memory caught fire')
    return plain_step(self)
Trainer.step = step
"""
BEFORE = FEWER_IMAGES + SLOW_MOTION + FAULT


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=False).first


def step(page: Page) -> int:
    """The step the page shows."""
    return int(page.locator(STEP).inner_text().replace(",", ""))


def fill(page: Page, label: str, value: object) -> None:
    field = page.get_by_role("spinbutton", name=label)
    field.fill(str(value))
    field.press("Enter")
    settled(page)


def choose_pace(page: Page, name: str) -> None:
    page.get_by_role("combobox", name="Slow motion").click()
    page.get_by_role("option", name=name).click()
    settled(page)


@contextmanager
def full_speed(page: Page):
    choose_pace(page, "Full speed")
    yield
    choose_pace(page, "20 steps a second")


@pytest.fixture
def training(page, address):
    """A page on which a long run has just been started; it is stopped afterwards."""
    page.goto(address)
    button(page, "Start").wait_for()
    settled(page)
    fill(page, "Epochs", 200)
    button(page, "Start").click()
    expect(button(page, "Pause")).to_be_enabled()
    yield page
    if button(page, "Stop").is_enabled():
        button(page, "Stop").click()
    expect(button(page, "Start")).to_be_enabled()


def stop(page: Page) -> None:
    button(page, "Stop").click()
    expect(button(page, "Start")).to_be_enabled()


def test_the_curve_grows_in_one_chart_that_is_never_rebuilt(training):
    chart = training.locator(CHART).first
    chart.wait_for()
    chart.evaluate("node => { node.cnnlabMark = 'the first one' }")
    pictures, steps = set(), []
    with full_speed(training):
        for _ in range(6):
            handle, shown = chart.element_handle(), chart.evaluate("node => node.toDataURL()")
            training.wait_for_function("([node, shown]) => node.toDataURL() !== shown", arg=[handle, shown])
            marks = training.locator(CHART).evaluate_all("all => all.map(n => n.cnnlabMark)")
            assert marks[0] == "the first one", "the chart's node was replaced: it blinks"
            assert len(marks) == 2
            pictures.add(chart.evaluate("node => node.toDataURL()"))
            steps.append(step(training))
    assert len(pictures) >= 4, "the picture of the curve stands still"
    assert steps == sorted(steps) and steps[-1] > steps[0]


def opened_anew(page: Page) -> None:
    """Reload the page of a paused run: it then shows what the runner has reached by now."""
    page.reload()
    expect(button(page, "Resume")).to_be_enabled()
    settled(page)


def test_pause_step_and_resume(training):
    button(training, "Pause").click()
    expect(button(training, "Resume")).to_be_enabled()
    settled(training)
    before = step(training)
    opened_anew(training)
    assert step(training) == before, "it took steps while paused"
    button(training, "Step batch").click()
    expect(training.locator(STEP)).to_have_text(f"{before + 1:,}")
    opened_anew(training)
    assert step(training) == before + 1, "one step means one"
    button(training, "Resume").click()
    expect(button(training, "Pause")).to_be_enabled()
    expect(training.locator(STEP)).not_to_have_text(f"{before + 1:,}")
    assert step(training) > before + 1


def test_the_learning_rate_changes_while_it_runs_and_one_that_no_run_may_have_is_a_sentence(training, runs):
    field = training.get_by_role("spinbutton", name="Learning rate")
    expect(field).to_be_enabled()
    field.fill("1000")
    field.press("Enter")
    alert = training.locator('[data-testid="stAlert"]')
    expect(alert).to_contain_text("learning_rate is 1000: it must lie between 1e-08 and 100. The run goes on")
    expect(button(training, "Pause")).to_be_enabled()
    field.fill("0.00025")
    field.press("Enter")
    settled(training, 1.0)
    stop(training)
    newest = max(runs.glob("*/run.json"), key=lambda file: file.stat().st_mtime)
    assert json.loads(newest.read_text())["epochs"][-1]["learning_rate"] == 0.00025


def test_reloading_and_a_second_tab_show_the_same_run(training, browser, address):
    reached = step(training)
    training.reload()
    expect(button(training, "Pause")).to_be_enabled()
    assert step(training) >= reached
    button(training, "Settings").click()
    expect(training.get_by_role("spinbutton", name="Epochs")).to_have_value("200")
    button(training, "Hide the settings").click()
    with tab(browser) as second:
        second.goto(address)
        expect(button(second, "Pause")).to_be_enabled()
        expect(button(second, "Start")).to_be_disabled()
        assert step(second) >= reached
        button(second, "Pause").click()
        expect(button(second, "Resume")).to_be_enabled()
        expect(button(training, "Resume")).to_be_enabled()
        assert step(training) == step(second)


def test_a_run_to_the_end(page, address):
    page.goto(address)
    button(page, "Start").wait_for()
    settled(page)
    fill(page, "Epochs", 1)
    fill(page, "Batch size", 50)
    sentence = page.get_by_role(
        "heading", name=re.compile(r"9\d\.\d % of 10,000 test digits right after 1 epoch in .*; best epoch 1")
    )
    with full_speed(page):
        button(page, "Start").click()
        expect(sentence).to_be_visible(timeout=180_000)
    page.get_by_text("Epoch by epoch").click()
    expect(page.locator('[data-testid="stDataFrame"]')).to_be_visible()


def test_an_exception_in_the_thread_is_a_sentence(page, address):
    page.goto(address)
    button(page, "Start").wait_for()
    settled(page)
    fill(page, "Batch size", FAULTY)
    button(page, "Start").click()
    alert = page.locator('[data-testid="stAlert"]', has_text="the memory caught fire")
    expect(alert).to_be_visible()
    expect(alert).to_contain_text("Training stopped on an unexpected RuntimeError")
    assert "Traceback" not in page.locator("body").inner_text()
    expect(button(page, "Start")).to_be_enabled()


def step_after(page: Page, shown: int) -> int:
    """The next step that the page shows, once it is no longer `shown`."""
    expect(page.locator(STEP)).not_to_have_text(f"{shown:,}")
    return step(page)


def test_slow_motion_slows_and_lets_go(training):
    with full_speed(training):
        choose_pace(training, "5 steps a second")
        reached = step_after(training, step(training))  # what is shown by now was counted in slow motion
        began, before = time.monotonic(), reached
        while reached < before + 16:
            reached = step_after(training, reached)
        assert reached - before <= 5 * (time.monotonic() - began) + 6


CHARTS = "nodes => nodes.map(node => { const at = node.getBoundingClientRect(); return [at.top, at.bottom] })"
PLACES = ".st-key-train_loss_chart, .st-key-train_accuracy_chart"


def test_while_it_trains_the_curves_have_most_of_the_window(training):
    for width, height in ((1920, 1080), (1366, 768)):
        training.set_viewport_size({"width": width, "height": height})
        settled(training)
        expect(training.locator(CHART)).to_have_count(2)
        for top, bottom in training.locator(PLACES).evaluate_all(CHARTS):
            assert bottom <= height, "the step axis is below the fold"
            assert bottom - top >= 0.6 * height
            assert height - bottom < 0.05 * height, "up to the lower edge"


def test_the_settings_fold_into_a_line_and_come_back_and_stop_ends_with_a_sentence(training):
    line = training.get_by_text(re.compile(r"A0: SimpleCNN · 200 epochs · Adam · batch \d+ · learning rate"))
    expect(line).to_be_visible()
    expect(training.get_by_role("spinbutton", name="Epochs")).to_have_count(0)
    rate = training.get_by_role("spinbutton", name="Learning rate")
    rate.fill("0.5")
    rate.press("Enter")
    settled(training)
    button(training, "Settings").click()
    expect(training.get_by_role("spinbutton", name="Epochs")).to_be_disabled()
    expect(training.get_by_role("spinbutton", name="Learning rate")).to_have_value("0.5")
    button(training, "Hide the settings").click()
    expect(line).to_be_visible()
    stop(training)
    sentence = re.compile(r"Stopped after \d+ s and \d+ whole epochs?\.")
    expect(training.get_by_role("heading", name=sentence)).to_be_visible()
    run = training.get_by_role("combobox", name="Run", exact=True)
    expect(run).to_have_value(re.compile(r"a0-simple-cnn-epochs-200"))
    expect(training.get_by_role("spinbutton", name="Learning rate")).to_have_value("0.001")
    button(training, "Change").click()
    expect(training.get_by_role("spinbutton", name="Epochs")).to_have_value("200")


def test_a_number_that_cannot_be_disables_start_and_says_why(page, address):
    """A field with limits kept the number before, and trained with that."""
    page.goto(address)
    settled(page)
    for label, right, said in (
        ("Epochs", 3, "epochs is 0: it must lie between 1 and 1000."),
        ("Learning rate", 0.001, "learning_rate is 0: "),
    ):
        field = page.get_by_role("spinbutton", name=label)
        field.fill("0")
        field.press("Enter")
        expect(page.locator('[data-testid="stAlert"]', has_text=said)).to_be_visible()
        expect(button(page, "Start")).to_be_disabled()
        expect(field).to_have_value("0")
        fill(page, label, right)
        expect(button(page, "Start")).to_be_enabled()


def test_a_recipe_says_what_it_does_where_it_comes_from_and_what_it_reached(page, address):
    page.goto(address)
    settled(page)
    button(page, "About this recipe").click()
    about = page.locator('[data-testid="stPopoverBody"]')
    for said in ("simple-cnn learns MNIST.", "by Adam; learning rate 0.001, constant", "Article A0", "reported 98.94%"):
        expect(about).to_contain_text(said)
