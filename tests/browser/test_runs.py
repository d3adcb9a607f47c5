"""The runs page with a mouse: tick rows, compare, delete and bring back, take along and bring in."""

from __future__ import annotations

import zipfile

import pytest
from playwright.sync_api import Page, expect

from benchmarks.support.browser import settled

ROW = 42  # pixels, cnnlab.ui.runs.run_table.ROW_HEIGHT


@pytest.fixture
def table(page, address) -> Page:
    """The page with its runs in the order of their names."""
    page.goto(f"{address}/runs")
    page.get_by_role("heading", name="6 runs").wait_for()
    settled(page)
    return page


def tick(page: Page, *rows: int) -> None:
    """Click the boxes before the rows, counted from 0; anew where the table was not yet there to take the first."""
    first, *others = rows
    for _ in range(4):
        click_row(page, first)
        try:
            expect(page.get_by_text("Tick a run to rename")).to_have_count(0, timeout=5_000)
            break
        except AssertionError:
            continue
    for row in others:
        click_row(page, row)


def click_row(page: Page, row: int) -> None:
    box = page.get_by_test_id("stDataFrame").first.bounding_box()
    page.mouse.click(box["x"] + 18, box["y"] + ROW * (row + 1.5))
    settled(page, 0.6)


def test_code_network_and_report_are_downloaded(table):
    tick(table, 0)
    table.get_by_role("button", name="More", exact=True).click()
    for label, ending, first in (
        ("Code", ".py", b'"""'),
        ("Code as a notebook", ".ipynb", b"{"),
        ("torch.export", ".pt2", b"PK"),
    ):
        with table.expect_download() as download:
            table.get_by_role("button", name=label, exact=True).click()
        assert download.value.suggested_filename.endswith(ending)
        assert download.value.path().read_bytes().startswith(first)


def test_ticked_runs_are_compared_and_stay_ticked_in_a_shorter_list(table):
    tick(table, 0, 1)
    expect(table.get_by_role("heading", name="They differ in")).to_be_visible()
    expect(table.get_by_role("button", name="Delete 2")).to_be_enabled()
    expect(table.locator('[data-testid="stVegaLiteChart"]')).to_have_count(2)
    table.get_by_role("textbox", name="Filter").fill("a0")
    table.keyboard.press("Enter")
    settled(table)
    expect(table.get_by_role("button", name="Rename")).to_be_enabled()  # of the two, a0-simple-cnn is left


def test_deleted_with_one_click_and_back_with_one(table, runs):
    before = sorted(runs.glob("*/run.json"))
    tick(table, 1)
    table.get_by_role("button", name="Delete").click()
    expect(table.get_by_role("heading", name="5 runs")).to_be_visible()
    table.get_by_role("button", name="Bin (1)").click()
    back = table.get_by_role("button", name="Bring back")
    back.wait_for()
    box = back.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 1440 and box["y"] + box["height"] <= 900
    back.click()
    expect(table.get_by_role("heading", name="6 runs")).to_be_visible()
    assert sorted(runs.glob("*/run.json")) == before


def test_a_run_is_downloaded_and_comes_in_again(table, runs, tmp_path):
    tick(table, 0)
    with table.expect_download() as waiting:
        table.get_by_role("button", name="Export as one file").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert zipfile.ZipFile(file).testzip() is None and file.stem in {
        path.parent.name for path in runs.glob("*/run.json")
    }
    table.get_by_role("button", name="Import").click()
    table.locator('input[type="file"]').set_input_files(file)
    settled(table)
    table.get_by_role("button", name="Import it").click()
    expect(table.get_by_text("was imported with")).to_be_visible()
    assert (runs / f"{file.stem}-2" / "run.json").exists()
    (tmp_path / "weights.pt").write_bytes(b"PK anything")
    if not table.get_by_role("button", name="Import it").is_visible():
        table.get_by_role("button", name="Import").first.click()
    table.locator('input[type="file"]').set_input_files(tmp_path / "weights.pt")
    settled(table)
    table.get_by_role("button", name="Import it").click()
    expect(table.get_by_text("weights.pt was not imported: it may be a pickle")).to_be_visible()
