"""Presenter mode on the server: every page marks what it shows, nothing else changes, and epochs are leafed through."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.common import paths
from cnnlab.ui.cache import loaders
from cnnlab.ui.state import presenting
from cnnlab.ui.state.chosen_network import RUN, epoch_key


@pytest.fixture
def app(monkeypatch, trained, through_app) -> AppTest:
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    return AppTest.from_file(str(paths.LAB / "dashboard.py"), default_timeout=60)


def widgets(app: AppTest) -> set[str]:
    every = (*app.button, *app.selectbox, *app.slider, *app.toggle, *app.number_input, *app.text_input)
    return {each.key for each in every if each.key}


@pytest.mark.parametrize("page", ["train.py", "kernels.py", "data.py"])
def test_a_page_that_presents_keeps_every_widget_and_its_value(app, page):
    app = app.run().switch_page(f"pages/{page}").run()
    before = widgets(app)
    app.session_state[presenting.KEY] = True
    app = app.run()
    assert not app.exception
    assert widgets(app) == before
    assert app.query_params["present"] == "1"


def test_the_button_and_an_address_begin_to_present(app):
    app = app.run()
    assert "present" not in app.query_params
    app.button(key="shared_present").click().run()
    assert app.session_state[presenting.KEY] and app.query_params["present"] == "1"


def test_an_address_that_is_opened_presents(app):
    app.query_params["present"] = "1"
    assert app.run().session_state[presenting.KEY]


def test_leafing_ends_at_the_first_and_the_last_epoch(monkeypatch, trained):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))

    def page() -> None:
        import streamlit as st

        from cnnlab.ui.shell import presenter

        if by := st.session_state.pop("by", 0):
            presenter.leaf(by)
        st.write(presenter.choice().epoch)

    app = AppTest.from_function(page, default_timeout=60).run()
    run = loaders.runs()[0][0]
    app.session_state[RUN] = run.name
    reached = []
    for by in [-1] * len(run.epochs) + [1] * len(run.epochs):
        app.session_state["by"] = by
        app = app.run()
        reached.append(int(app.markdown[0].value.strip("`")))
    down, up = list(run.epochs)[::-1][1:], list(run.epochs)[1:]
    assert reached == [*down, run.epochs[0], *up, run.epochs[-1]]
    assert app.session_state[epoch_key(run.name)] == run.epochs[-1]
