"""What all tests of pages share."""

from __future__ import annotations

import pytest

from cnnlab.classroom.roles import Role


@pytest.fixture(autouse=True)
def _at_the_machine(monkeypatch):
    """AppTest asks no server, so no guard says who looks: it is the one at the machine."""
    monkeypatch.setattr("cnnlab.ui.state.visitor.role", lambda: Role.HERE)
