"""The class of today: what is open, who is in, the wall, the question that is put. Nothing of it is stored."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from cnnlab.classroom.questions import Ballot, Question, Truth
from cnnlab.classroom.switches import Switches
from cnnlab.classroom.wall import Wall
from cnnlab.errors import CnnlabError

Reader = Callable[[np.ndarray], dict[str, Any]]
"""ink uint8 [h, w], white on black -> what a phone is told about it, as JSON."""


class Lesson:
    """Any thread may call any method; what is returned is immutable. Who listens is told of every change."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._listeners: set[Callable[[], None]] = set()
        self._switches = Switches()
        self._wall = Wall()
        self._ballot: Ballot | None = None
        self._reader: Reader | None = None
        self._changes = 0

    @property
    def switches(self) -> Switches:
        """What is open."""
        return self._switches

    @property
    def wall(self) -> Wall:
        """Which drawings are shown."""
        return self._wall

    @property
    def ballot(self) -> Ballot | None:
        """The question that is put, if any."""
        return self._ballot

    @property
    def reader(self) -> Reader | None:
        """What answers phones; None until the teacher has opened the page of the class."""
        return self._reader

    @property
    def changes(self) -> int:
        """How often something has changed."""
        return self._changes

    def switch(self, **changes: bool) -> None:
        """Open and close; the names are those of Switches. What waited to be looked at is shown without look_first."""
        with self._lock:
            self._switches = replace(self._switches, **changes)
            if not self._switches.look_first:
                self._wall = replace(self._wall, waiting=frozenset())
        self.tell()

    def read_with(self, reader: Reader) -> None:
        """Let `reader` answer phones from now on."""
        before, self._reader = self._reader, reader
        if before is None:
            self.tell()

    def change_wall(self, change: Callable[[Wall], Wall]) -> None:
        """Show other drawings."""
        with self._lock:
            self._wall = change(self._wall)
        self.tell()

    def add_drawing(self, drawing: str, nickname: str) -> None:
        """Show a drawing that a phone has sent and that is kept already."""
        self.change_wall(lambda wall: wall.with_drawing(drawing, nickname, waits=self._switches.look_first))

    def ask(self, question: Question, measure: Truth | None = None) -> None:
        """Put a question, in place of the one before it; measure: what knows the truth when it is to be revealed."""
        with self._lock:
            self._ballot = Ballot.of(question, measure)
        self.tell()

    def vote(self, phone: str, key: str, said: object) -> None:
        """Take a phone's answer to the question `key`. Raises CnnlabError where none is taken."""
        with self._lock:
            if self._ballot is None or self._ballot.key != key or not self._switches.vote:
                raise CnnlabError("This question is over: wait for the next one.")
            self._ballot = self._ballot.with_vote(phone, said)
            self._changes += 1  # phones need not hear of it

    def reveal(self, truth: float | int | None) -> None:
        """Show the answers to the question, if one is put, beside the truth."""
        with self._lock:
            if self._ballot:
                self._ballot = self._ballot.reveal(truth)
        self.tell()

    def end_question(self) -> None:
        """Take the question away, with its votes."""
        with self._lock:
            self._ballot = None
        self.tell()

    def forget(self) -> None:
        """Close the class; keep no nickname, no vote, no choice of what is shown."""
        with self._lock:
            self._switches, self._wall, self._ballot = Switches(), Wall(), None
        self.tell()

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener`, from whatever thread, after every change; returns what ends that."""
        with self._lock:
            self._listeners.add(listener)

        def end() -> None:
            with self._lock:
                self._listeners.discard(listener)

        return end

    def tell(self) -> None:
        """Let who listens look again."""
        with self._lock:
            self._changes += 1
            listeners = list(self._listeners)
        for listener in listeners:
            listener()


lesson = Lesson()
"""The one lesson of the process."""
