"""Which run the pages show once another one has ended, or while one is followed."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.common import paths
from cnnlab.runs.store import open_run
from cnnlab.training.runner import Runner
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui.shell import presenter
from cnnlab.ui.state.chosen_network import LIVE

pytestmark = pytest.mark.usefixtures("through_app")


@pytest.fixture
def ended(trained, tmp_path, monkeypatch) -> Snapshot:
    """The runner's state after "small" has ended; "draw" stands beside it."""
    shutil.copytree(trained[0] / "small", tmp_path / "small")
    shutil.copytree(paths.LAB / "checkpoints" / "draw", tmp_path / "draw")
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    run = open_run(tmp_path / "small")
    snapshot = Snapshot(
        "finished", "small", run.config, run_classes(run), total_steps=40, step=40, epochs=tuple(run.results),
        outcome=run.outcome,
    )  # fmt: skip
    monkeypatch.setattr(Runner, "snapshot", lambda self: snapshot)
    return snapshot


def run_classes(run) -> tuple[str, ...]:
    return run.record.classes


def shown(app: AppTest) -> str:
    assert not app.exception
    return app.sidebar.selectbox(key="shared_run").value


def test_draw_keeps_its_network_and_the_other_pages_show_what_has_ended(ended):
    app = AppTest.from_file(str(paths.LAB / "dashboard.py"), default_timeout=60).run()
    assert shown(app.switch_page("pages/confusion.py").run()) == "small"
    assert shown(app.switch_page("pages/draw.py").run()) == "draw"
    app.sidebar.selectbox(key="shared_run").set_value("small").run()
    assert shown(app) == "small", "chosen by hand, it is"
    assert shown(app.switch_page("pages/kernels.py").run()) == "small"


def test_a_run_that_ends_between_sidebar_and_page_is_shown(ended, monkeypatch):
    states = [replace(ended, state="running", outcome=None)]
    monkeypatch.setattr(Runner, "snapshot", lambda self: states[-1])
    draw = presenter.draw

    def end(*given) -> None:
        states.append(ended)
        draw(*given)

    monkeypatch.setattr(presenter, "draw", end)  # comes after the sidebar, before the page
    app = AppTest.from_file(str(paths.LAB / "dashboard.py"), default_timeout=60)
    assert shown(app.run()) == "small"


def test_a_run_of_a_recipe_that_this_lab_does_not_have_is_shown(ended):
    recipe = AppTest.from_file(str(paths.LAB / "dashboard.py"), default_timeout=60).run().selectbox(key="train_recipe")
    assert recipe.value == ended.config.recipe and recipe.options[-1] == "small: no recipe of this lab"
    assert not recipe.set_value("a0-simple-cnn").run().exception


def test_while_following_the_run_box_says_so(ended, monkeypatch):
    running = replace(ended, state="running", outcome=None)
    monkeypatch.setattr(Runner, "snapshot", lambda self: running)
    app = AppTest.from_file(str(paths.LAB / "dashboard.py"), default_timeout=60)
    app.session_state[LIVE] = True
    app = app.run().switch_page("pages/kernels.py").run()
    box = app.sidebar.selectbox(key="shared_followed_run")
    assert box.value == "small, as it learns" and box.disabled
