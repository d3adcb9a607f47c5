"""A training on the command line, begun while the dashboard is open: watched, followed and stopped from there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from benchmarks.support.browser import ROOT, settled

ONLY = "a0-simple-cnn"
COMMAND = (
    "train --recipe a0-simple-cnn --epochs 1000 --device cpu --set train_images=1000 --set batch_size=50 "
    "--set eval_every=5"
)
NAME = "a0-simple-cnn-epochs-1000-batch-50-images-1000"  # after the recipe and what differs from it
STEP = ".progress div:has(> span:text-is('Step')) b"
CHART = ".st-key-train_accuracy_chart canvas"


@pytest.fixture
def training(runs):
    """Begins the training in a process of its own, which leaves the browser its share of the processor."""
    begun = []

    def begin() -> subprocess.Popen:
        begun.append(
            subprocess.Popen(
                [sys.executable, "-m", "cnnlab", *COMMAND.split(), "--out", str(runs)],
                cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1"}, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, text=True, preexec_fn=lambda: os.nice(10),
            )
        )  # fmt: skip
        return begun[0]

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


def step(page: Page) -> int:
    return int(page.locator(STEP).inner_text().replace(",", ""))


def follow(page: Page) -> None:
    page.locator('[data-testid="stSidebar"]').get_by_text("Follow live training").click()


def test_it_is_watched_followed_and_stopped(page, address, runs, training):
    page.goto(address)
    start, stop = (page.get_by_role("button", name=name, exact=False).first for name in ("Start", "Stop"))
    expect(start).to_be_enabled()
    settled(page)
    process = training()

    expect(page.get_by_text("is trained by another process")).to_be_visible()  # nobody has reloaded anything
    expect(start).to_be_enabled()
    expect(stop).to_be_enabled()
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    chart, before = page.locator(CHART).first, step(page)
    picture = chart.evaluate("node => node.toDataURL()")
    expect(page.locator(STEP)).not_to_have_text(f"{before:,}")
    page.wait_for_function("([node, shown]) => node.toDataURL() !== shown", arg=[chart.element_handle(), picture])
    assert step(page) > before, "the curve grows"

    page.get_by_role("link", name="Kernels").click()
    follow(page)
    epoch = page.get_by_text(re.compile(rf"{NAME}.*after epoch \d+")).first
    expect(epoch).to_be_visible()
    shown = epoch.inner_text()
    expect(epoch).not_to_have_text(shown)

    page.get_by_role("link", name="Train").click()
    stop.click()
    expect(page.get_by_role("heading", name=re.compile(r"Stopped after \d+ s and \d+ whole epochs?"))).to_be_visible()
    said = json.loads(process.communicate(timeout=30)[0])
    assert process.returncode == 0 and (said["run"], said["state"]) == (NAME, "stopped")
    record = json.loads((runs / NAME / "run.json").read_text())
    assert record["outcome"]["state"] == "stopped" and len(record["losses"]) == record["epochs"][-1]["step"]
    expect(page.get_by_role("button", name=f"Resume {NAME}")).to_be_enabled()
