"""Which of the kept drawings the wall shows, and what is known of them only while the class lasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

MOST_SHOWN = 100


@dataclass(frozen=True)
class Wall:
    """Ids of drawings. sent: those that phones sent and nobody has kept yet, with the nickname of who drew them."""

    sent: Mapping[str, str] = field(default_factory=dict)  # not to be changed
    hidden: frozenset[str] = field(default_factory=frozenset)
    waiting: frozenset[str] = field(default_factory=frozenset)  # for the teacher to look at them

    def with_drawing(self, drawing: str, nickname: str, *, waits: bool) -> Wall:
        """With a drawing that a phone has sent."""
        return replace(
            self, sent={**self.sent, drawing: nickname}, waiting=self.waiting | {drawing} if waits else self.waiting
        )

    def hide(self, drawing: str) -> Wall:
        """Without showing it; it stays in the set."""
        return replace(self, hidden=self.hidden | {drawing}, waiting=self.waiting - {drawing})

    def show_waiting(self, drawings: Sequence[str]) -> Wall:
        """With these, which waited."""
        return replace(self, waiting=self.waiting - set(drawings))

    def show_hidden(self) -> Wall:
        """With all that were hidden."""
        return replace(self, hidden=frozenset())

    def keep(self) -> Wall:
        """With no drawing that would be forgotten when the class ends."""
        return replace(self, sent={})

    def shown(self, ids: Sequence[str]) -> list[int]:
        """Places, in `ids` (the oldest first), of the drawings to show: the newest first, MOST_SHOWN at most."""
        away = self.hidden | self.waiting
        return [place for place in reversed(range(len(ids))) if ids[place] not in away][:MOST_SHOWN]
