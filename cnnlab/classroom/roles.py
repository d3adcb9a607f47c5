"""Who a visitor is, and what each may do; the guard decides the first, everything else asks the second."""

from __future__ import annotations

from enum import Enum


class Role(str, Enum):
    """Decided once, by the guard."""

    HERE = "here"  # at the machine itself
    TEACHER = "teacher"  # elsewhere, and knows the PIN
    SPECTATOR = "spectator"  # looks, draws and chooses for himself
    STUDENT = "student"  # has the phone page and nothing else
    NOBODY = "nobody"  # while the class is closed


class Act(str, Enum):
    """What roles differ in."""

    JOIN = "join"  # draw and vote on the phone page
    LOOK = "look"  # open the dashboard, draw, and choose what oneself sees
    CHANGE = "change"  # what others see, what is kept, and long computing
    NAME_FOLDERS = "name folders"  # have files of this machine read


_MAY = {
    Role.HERE: {Act.JOIN, Act.LOOK, Act.CHANGE, Act.NAME_FOLDERS},
    Role.TEACHER: {Act.JOIN, Act.LOOK, Act.CHANGE},
    Role.SPECTATOR: {Act.JOIN, Act.LOOK},
    Role.STUDENT: {Act.JOIN},
    Role.NOBODY: set(),
}


def may(role: Role, act: Act) -> bool:
    """Whether `role` may do this."""
    return act in _MAY[role]
