"""The training page with real clicks."""

from __future__ import annotations

import json
import re
import time

import pytest
from playwright.sync_api import Page, expect

from benchmarks.support.browser import serve, settled
from tests.browser.conftest import tab

CHART = ".st-key-train_loss_chart canvas, .st-key-train_accuracy_chart canvas"
STEP = ".progress div:has(> span:text-is('Step')) b"


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=False).first


def step(page: Page) -> int:
    """The step the page shows."""
    return int(page.locator(STEP).inner_text().replace(",", ""))


def choose_epochs(page: Page, count: int) -> None:
    field = page.get_by_role("spinbutton", name="Epochs")
    field.fill(str(count))
    field.press("Enter")
    settled(page)


@pytest.fixture
def training(page, address):
    """A page on which a long run has just been started; it is stopped afterwards."""
    page.goto(address)
    button(page, "Start").wait_for()
    settled(page)
    choose_epochs(page, 200)
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


def test_pause_step_and_resume(training):
    button(training, "Pause").click()
    expect(button(training, "Resume")).to_be_enabled()
    settled(training)
    before = step(training)
    training.wait_for_timeout(1500)  # that nothing happens takes time to see
    assert step(training) == before, "it took steps while paused"
    button(training, "Step batch").click()
    expect(training.locator(STEP)).to_have_text(f"{before + 1:,}")
    training.wait_for_timeout(1000)
    assert step(training) == before + 1, "one step means one"
    button(training, "Resume").click()
    expect(button(training, "Pause")).to_be_enabled()
    expect(training.locator(STEP)).not_to_have_text(f"{before + 1:,}")
    assert step(training) > before + 1


def test_the_learning_rate_changes_while_it_runs(training, runs):
    field = training.get_by_role("spinbutton", name="Learning rate")
    expect(field).to_be_enabled()
    field.fill("0.00025")
    field.press("Enter")
    settled(training, 0.2)
    stop(training)
    newest = max(runs.glob("*/run.json"), key=lambda file: file.stat().st_mtime)
    assert json.loads(newest.read_text())["epochs"][-1]["learning_rate"] == 0.00025


def test_reloading_and_a_second_tab_show_the_same_run(training, browser, address):
    reached = step(training)
    training.reload()
    expect(button(training, "Pause")).to_be_enabled()
    assert step(training) >= reached
    expect(training.get_by_role("spinbutton", name="Epochs")).to_have_value("200")
    with tab(browser) as second:
        second.goto(address)
        expect(button(second, "Pause")).to_be_enabled()
        expect(button(second, "Start")).to_be_disabled()
        assert step(second) >= reached
        button(second, "Pause").click()
        expect(button(second, "Resume")).to_be_enabled()
        expect(button(training, "Resume")).to_be_enabled()
        assert step(training) == step(second)


def test_stop_ends_with_a_sentence_and_the_run_is_chosen(training):
    stop(training)
    sentence = re.compile(r"\d+\.\d % of 10,000 test digits right when stopped in epoch \d+")
    expect(training.get_by_role("heading", name=sentence)).to_be_visible()
    expect(training.get_by_role("combobox", name="Run", exact=True)).to_have_value(re.compile(r"a0-simple-cnn-\d+ · "))


def test_a_run_to_the_end(page, address):
    page.goto(address)
    button(page, "Start").wait_for()
    settled(page)
    choose_epochs(page, 1)
    button(page, "Start").click()
    sentence = page.get_by_role(
        "heading", name=re.compile(r"9\d\.\d % of 10,000 test digits right after 1 epoch in .*; best epoch 1")
    )
    expect(sentence).to_be_visible(timeout=180_000)
    rows = page.locator('[data-testid="stDataFrame"]')
    expect(rows).to_be_visible()


def test_an_exception_in_the_thread_is_a_sentence(browser, tmp_path):
    fault = (
        "from cnnlab.training.trainer import Trainer\n"
        "plain = Trainer.step\n"
        "def step(self):\n"
        "    if self.step_count == 20: raise RuntimeError('the memory caught fire')\n"
        "    return plain(self)\n"
        "Trainer.step = step\n"
    )
    with serve(tmp_path, before=fault) as address, tab(browser) as page:
        page.goto(address)
        button(page, "Start").click()
        alert = page.locator('[data-testid="stAlert"]', has_text="the memory caught fire")
        expect(alert).to_be_visible()
        expect(alert).to_contain_text("Training stopped on an unexpected RuntimeError")
        assert "Traceback" not in page.locator("body").inner_text()
        expect(button(page, "Start")).to_be_enabled()


def test_slow_motion_slows_and_lets_go(training):
    slider = training.get_by_role("slider", name="Slow motion")
    slider.focus()
    for _ in range(3):
        training.keyboard.press("ArrowLeft")
    settled(training, 0.2)
    training.wait_for_timeout(500)
    began, before = time.monotonic(), step(training)
    training.wait_for_timeout(2000)
    assert step(training) - before <= 5 * (time.monotonic() - began) + 6
    for _ in range(3):
        training.keyboard.press("ArrowRight")
    settled(training, 0.2)
