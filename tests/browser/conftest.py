"""The app as a user has it: `streamlit run app.py` in a real Chromium. Fails, never skips, when that cannot be."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from benchmarks.support.browser import ROOT, Start, chromium, serve, settled, start_process
from tests.support.forked_servers import nursery

expect.set_options(timeout=60_000)  # a busy machine is slow, not wrong
WINDOW = {"width": 1440, "height": 900}
ANSWER = ".st-key-draw_prediction .answer"  # the large digit on the draw page
SLOW_MOTION = """
from cnnlab.training.runner import Runner
plain_init = Runner.__init__
def init(self):
    plain_init(self)
    self.set_pace(10.0)
Runner.__init__ = init
"""  # for BEFORE: a run at full speed takes the processor from the browser
HARMLESS = re.compile(
    # the last: a picture that the next tick had replaced before it was fetched
    r"favicon|_stcore/(health|host-config)|404 \(Not Found\)|was preloaded|ResizeObserver"
    r"|Image source error"
)


@pytest.fixture(scope="session")
def browser():
    # a tab whose process lives loads the app in 4/5 of the time
    with chromium("--process-per-site", windowless=True) as browser:
        yield browser


@pytest.fixture(scope="module")
def runs(tmp_path_factory, request) -> Path:
    """A folder with the shipped runs, or with the one that the module names ONLY; new ones may land there."""
    folder = tmp_path_factory.mktemp("runs")
    for shipped in (ROOT / "checkpoints").glob(f"{getattr(request.module, 'ONLY', '*')}/run.json"):
        tracked = subprocess.run(["git", "ls-files", "--error-unmatch", shipped], cwd=ROOT, capture_output=True)
        if tracked.returncode == 0:
            shutil.copytree(shipped.parent, folder / shipped.parent.name)
    return folder


@pytest.fixture(scope="session")
def start() -> Start:
    """How servers are started: at once where a process can be forked."""
    if sys.platform != "linux":
        yield start_process
        return
    with nursery() as forking:
        yield forking.start


@pytest.fixture(scope="module")
def address(runs, start, request) -> str:
    """Where the app of this module's tests answers; Python that the module names BEFORE is executed first there."""
    with serve(runs, before=getattr(request.module, "BEFORE", ""), start=start) as url:
        yield url


@pytest.fixture(scope="module")
def context(browser, address) -> BrowserContext:
    """Where a module's tabs are opened: the second one finds the app's scripts there."""
    context = browser.new_context(viewport=WINDOW)
    context.new_page().goto(f"{address}/_stcore/health")  # stays open, and with it the process of the others
    yield context
    context.close()


@contextmanager
def tab(browser, **options):
    """A tab of its own context that must stay free of console errors and tracebacks."""
    context = browser.new_context(viewport=WINDOW, **options)
    with clean(context) as page:
        yield page
    context.close()


@contextmanager
def clean(context: BrowserContext, expected: str = "$^"):
    """A tab that must stay free of console errors, apart from those that match `expected`, and of tracebacks."""
    page, noise = context.new_page(), []
    page.set_default_timeout(60_000)
    page.on("console", lambda message: noise.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: noise.append(str(error)))
    yield page
    assert page.locator('[data-testid="stException"]').count() == 0
    if page.url.startswith("http"):
        page.evaluate("localStorage.clear(), sessionStorage.clear()")
    page.close()
    assert not [line for line in noise if not (HARMLESS.search(line) or re.search(expected, line))]


@pytest.fixture
def page(context) -> Page:
    with clean(context) as page:
        yield page


@pytest.fixture
def draw(page, address) -> Page:
    """The draw page, its canvas empty."""
    page.goto(f"{address}/draw")
    page.locator("canvas").first.wait_for()
    settled(page)
    return page
