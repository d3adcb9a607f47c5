"""Only who sits at the machine may name one of its folders."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.classroom.guard import ELSEWHERE, HERE, VISITOR
from cnnlab.common import paths
from cnnlab.ui.state import visitor

AT_IMPORT = visitor.is_here


@pytest.mark.parametrize(("headers", "here"), [({VISITOR: HERE}, True), ({VISITOR: ELSEWHERE}, False), ({}, False)])
def test_the_guards_word_is_taken(monkeypatch, headers, here):
    class Context:
        pass

    context = Context()
    context.headers = headers
    monkeypatch.setattr(visitor.st, "context", context)
    assert AT_IMPORT() is here


@pytest.mark.parametrize("here", [True, False])
def test_the_form_for_pictures_offers_a_folder_to_nobody_else(monkeypatch, trained, through_app, here):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    monkeypatch.setattr(visitor, "is_here", lambda: here)
    app = AppTest.from_file(str(paths.LAB / "dashboard.py"), default_timeout=60)
    app.session_state["train_section"], app.session_state["train_add_pictures"] = "Data set", True
    app = app.run()
    assert not app.exception
    assert ("train_pictures_folder" in {each.key for each in app.text_input}) is here
