"""What each role may do."""

from __future__ import annotations

from cnnlab.classroom.roles import Act, Role, may


def test_who_may_do_what():
    assert {act for act in Act if may(Role.HERE, act)} == set(Act)
    assert {act for act in Act if may(Role.TEACHER, act)} == {Act.JOIN, Act.LOOK, Act.CHANGE}
    assert {act for act in Act if may(Role.SPECTATOR, act)} == {Act.JOIN, Act.LOOK}
    assert {act for act in Act if may(Role.STUDENT, act)} == {Act.JOIN}
    assert not any(may(Role.NOBODY, act) for act in Act)
