"""What the teacher has opened to the class."""

from __future__ import annotations

from dataclasses import dataclass

from cnnlab.classroom.roles import Role


@dataclass(frozen=True)
class Switches:
    """is_open: whether phones may join at all; the others count only while it is."""

    is_open: bool = False
    draw: bool = True  # phones draw, and send what they drew to the wall
    vote: bool = True  # phones see the question that is put
    look_around: bool = False  # whoever joins may open the dashboard too
    look_first: bool = False  # a drawing waits for the teacher before the wall shows it

    def visitor(self) -> Role:
        """Who somebody on another machine is, who knows no PIN."""
        if not self.is_open:
            return Role.NOBODY
        return Role.SPECTATOR if self.look_around else Role.STUDENT
