"""The confusion page with real clicks, on a small run that makes many mistakes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from benchmarks.support.browser import settled
from cnnlab.evaluation.predictions import Predictions, predict
from cnnlab.runs.store import find_run, load


@pytest.fixture(scope="module")
def runs(trained, tmp_path_factory) -> Path:
    """Instead of the shipped runs: one of two epochs on 2,000 images."""
    folder = tmp_path_factory.mktemp("runs")
    shutil.copytree(trained[0] / "small", folder / "small")
    return folder


@pytest.fixture(scope="module")
def answers(runs, mnist) -> dict[int, Predictions]:
    """What the run's epochs answer to the 10,000 test images."""
    return {epoch: predict(load(*find_run(f"small@{epoch}", runs)).model, mnist[1]) for epoch in (0, 1, 2)}


@pytest.fixture
def opened(page, address) -> Iterator[Page]:
    """The confusion page, its matrix drawn; whatever is shown in the end is no NaN."""
    page.goto(f"{address}/confusion")
    matrix(page).wait_for()
    settled(page)
    yield page
    assert not nan(page)


def nan(page: Page) -> bool:
    return re.search(r"\bnan\b", page.locator("body").inner_text(), re.IGNORECASE) is not None


def matrix(page: Page) -> Locator:
    return page.locator('[data-testid="stVegaLiteChart"] svg').first


def cell(page: Page, true: int, predicted: int) -> Locator:
    """The number written into a cell: the 10 × 10 texts come row by row."""
    return matrix(page).locator("g.mark-text.role-mark text").nth(10 * true + predicted)


def numbers(page: Page) -> np.ndarray:
    """The matrix as it is written."""
    texts = matrix(page).locator("g.mark-text.role-mark text").all_text_contents()
    written = [0 if text == "·" else int(text.replace("−", "-")) for text in texts]
    return np.array(written).reshape(10, 10) if len(written) == 100 else np.zeros((10, 10), int)


def shows(page: Page, expected: np.ndarray) -> bool:
    """Whether the matrix is this one, within half a minute: a chart is drawn after its page has settled."""
    for _ in range(150):
        if (numbers(page) == expected).all():
            return True
        page.wait_for_timeout(200)
    return False


def shown_images(page: Page) -> list[int]:
    """The numbers of the images on the page, in their order, through all pages of the strip."""
    found: list[int] = []
    while True:
        settled(page)
        notes = page.locator("figure small").all_inner_texts()
        found += [int(re.match(r"#(\d+)", note)[1]) for note in notes]
        following = page.get_by_role("button", name="chevron_right")
        if not following.count() or following.first.is_disabled():
            return found
        following.first.click()
        expect(page.locator("figure small").first).not_to_have_text(notes[0])


def by_hand(answers: Predictions, true: int, predicted: int) -> list[int]:
    """Test images of class `true` answered `predicted`, surest first."""
    pairs = enumerate(zip(answers.labels.tolist(), answers.predicted.tolist(), strict=True))
    places = [at for at, pair in pairs if pair == (true, predicted)]
    return sorted(places, key=lambda at: -answers.probabilities[at, predicted])


def scrub(page: Page, key: str) -> None:
    page.get_by_role("slider", name="Epoch").focus()
    page.keyboard.press(key)
    settled(page)


def open_view(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    settled(page)


def test_the_matrix_is_the_networks_and_says_its_biggest_mistake(opened, answers):
    counts = numbers(opened)
    assert (counts == answers[2].confusion).all()
    wrong = counts * (1 - np.eye(10, dtype=int))
    heading = opened.get_by_role("heading", name=re.compile("Biggest mistake")).inner_text()
    assert f"{wrong.max()} images" in heading
    true, predicted = np.argwhere(wrong == wrong.max())[0]
    assert f"{true} → {predicted}" in heading
    expect(opened.get_by_text("on all 10,000 test images")).to_be_visible()


def test_a_click_on_4_9_shows_exactly_those_images(opened, answers):
    expected = by_hand(answers[2], 4, 9)
    assert len(expected) > 12, "more than a page of them"
    cell(opened, 4, 9).click()
    settled(opened)
    expect(opened.get_by_role("heading", name=f"4 → 9: {len(expected)} images")).to_be_visible()
    first = opened.locator("figure").first
    expect(first.locator("figcaption")).to_have_text("4 → 9")
    expect(first.locator("small")).to_contain_text(f"{answers[2].probabilities[expected[0], 9]:.1%}")
    assert shown_images(opened) == expected


def test_a_cell_without_images_says_so(opened, answers):
    true, predicted = map(int, np.argwhere(answers[2].confusion == 0)[0])
    box = cell(opened, true, predicted).bounding_box()
    opened.mouse.click(box["x"] + box["width"] / 2 + 12, box["y"] + box["height"] / 2)  # beside the dot, in the cell
    settled(opened)
    expect(opened.get_by_role("heading", name=f"{true} → {predicted}: 0 images")).to_be_visible()
    assert opened.locator("figure").count() == 0


def test_scrubbing_the_epochs_changes_the_matrix_and_keeps_the_cell(opened, answers):
    cell(opened, 4, 9).click()
    settled(opened)
    for key, epoch in (("ArrowLeft", 1), ("ArrowLeft", 0), ("ArrowRight", 1)):
        scrub(opened, key)
        assert shows(opened, answers[epoch].confusion)
        count = len(by_hand(answers[epoch], 4, 9))
        expect(opened.get_by_role("heading", name=re.compile(f"^4 → 9: {count} image"))).to_be_visible()


def test_two_epochs_compared(opened, answers):
    opened.get_by_role("combobox", name=re.compile("Compare with")).click()
    opened.get_by_role("option", name="small").click()
    settled(opened)
    change = answers[2].confusion - answers[0].confusion
    assert shows(opened, change)
    more = int(np.trace(change))
    expect(opened.get_by_role("heading", name=re.compile(f"{more:,} more right"))).to_be_visible()


def test_one_click_sends_an_image_to_another_page(opened, answers):
    for at, (name, words) in enumerate(
        [("feature_maps", "the feature maps"), ("shift", "the shift page"), ("draw", "the draw page")], start=1
    ):
        cell(opened, 4, 9).click()
        settled(opened)
        sent = by_hand(answers[2], 4, 9)[at]  # each page another one, which only this click can have sent there
        opened.get_by_role("button", name=f"Send test image {sent:,} to {words}").click()
        opened.wait_for_url(f"**/{name}")
        settled(opened)
        if name == "draw":
            expect(opened.get_by_text(f"test image {sent:,}")).to_be_visible()
        else:
            expect(opened.get_by_label("Index").first).to_have_value(str(sent))
        opened.get_by_role("link", name="Confusion").click()
        matrix(opened).wait_for()
        settled(opened)


def test_the_report_and_its_file(opened, answers):
    open_view(opened, "Report")
    bars = opened.get_by_role("tabpanel", name="Report").get_by_test_id("stVegaLiteChart")
    for name, right, total in answers[2].per_class[:3]:
        expect(bars.get_by_text(f"{right / total:.1%} ({right}/{total})".replace("%", " %"))).to_be_visible()
        expect(bars.get_by_text(f"Digit {name}")).to_be_visible()
    with opened.expect_download() as download:
        opened.get_by_test_id("stDownloadButton").get_by_role("button").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert lines[0] == "class,precision,recall,f1-score,support,right" and len(lines) == 14


def test_the_gallery_filters_and_leafs_through_all(opened, answers):
    open_view(opened, "Gallery")
    wrong = np.flatnonzero(answers[2].predicted != answers[2].labels)
    expect(opened.get_by_role("heading", name=f"{len(wrong):,} images of 10,000")).to_be_visible()
    assert [int(note.split()[0][1:]) for note in opened.locator("figure small").all_inner_texts()] == wrong[
        :30
    ].tolist()
    opened.get_by_text("Wrong only").click()
    settled(opened)
    expect(opened.get_by_role("heading", name="10,000 images of 10,000")).to_be_visible()
    opened.get_by_role("slider", name=re.compile("of 10,000")).focus()
    opened.keyboard.press("End")
    settled(opened)
    expect(opened.locator("figure small").last).to_contain_text("#9999")


def test_certainty_shows_its_error_and_what_leaving_out_buys(opened, answers):
    open_view(opened, "Certainty")
    sure, right = answers[2].probabilities.max(1), answers[2].predicted == answers[2].labels
    answered = sure >= 0.9
    expect(opened.get_by_text(f"It answers {answered.sum():,} of 10,000 images")).to_be_visible()
    expect(opened.get_by_text(f"{right[answered].mean():.2%} of those answers are right")).to_be_visible()
    expect(opened.get_by_text("Expected calibration error")).to_be_visible()


def test_a_point_shows_its_image(opened):
    open_view(opened, "Map of points")
    canvas = opened.locator('[data-testid="stVegaLiteChart"] canvas').first
    canvas.wait_for()
    settled(opened)
    note = opened.locator("figure small").first
    before, box = note.inner_text(), canvas.bounding_box()
    for dx, dy in ((0.5, 0.5), (0.45, 0.55), (0.55, 0.45), (0.5, 0.6), (0.4, 0.5)):  # somewhere in the thick of it
        opened.mouse.click(box["x"] + dx * box["width"], box["y"] + dy * box["height"])
        settled(opened)
        if note.inner_text() != before:
            break
    assert note.inner_text() != before


def test_no_view_shows_nan_at_an_earlier_epoch(opened):
    """At the last one, `opened` looks after every test."""
    for _ in range(2):
        scrub(opened, "ArrowLeft")
        for name in ("Report", "Gallery", "Certainty", "Map of points", "Confusion"):
            open_view(opened, name)
            assert not nan(opened)
