"""The lesson: what is open, what the wall shows, and that nothing of it outlasts the class."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from cnnlab.classroom.lesson import Lesson
from cnnlab.classroom.phone_view import view
from cnnlab.classroom.questions import Question
from cnnlab.classroom.roles import Role
from cnnlab.classroom.switches import Switches
from cnnlab.classroom.wall import MOST_SHOWN, Wall
from cnnlab.errors import CnnlabError

QUESTION = Question("Sure?", ("Yes", "No"))


@pytest.fixture
def lesson():
    """Open, and somebody answers."""
    made = Lesson()
    made.switch(is_open=True)
    made.read_with(lambda ink: {"sum": int(np.sum(ink))})
    return made


def test_who_a_visitor_is():
    assert Switches(look_around=True).visitor() is Role.NOBODY
    assert Switches(is_open=True).visitor() is Role.STUDENT
    assert Switches(is_open=True, look_around=True).visitor() is Role.SPECTATOR


def test_what_a_phone_shows(lesson):
    assert view(Lesson(), "anna") == {"mode": "closed"}
    assert view(lesson, "anna") == {"mode": "draw"}
    lesson.switch(draw=False)
    assert view(lesson, "anna") == {"mode": "wait"}
    lesson.ask(QUESTION)
    lesson.vote("anna", lesson.ballot.key, 1)
    told = view(lesson, "anna")
    assert told["mode"] == "vote" and told["mine"] == 1 and told["question"]["choices"] == ["Yes", "No"]
    assert view(lesson, "ben")["mine"] is None and "truth" not in told
    lesson.reveal(0)
    assert view(lesson, "anna")["truth"] == "Yes" and view(lesson, "anna")["said"] == "No"
    assert view(lesson, "ben")["said"] is None
    lesson.switch(vote=False)
    assert view(lesson, "anna") == {"mode": "wait"}


def test_phones_wait_until_somebody_answers():
    lesson = Lesson()
    lesson.switch(is_open=True)
    assert view(lesson, "anna") == {"mode": "wait"}


def test_a_vote_counts_for_the_question_that_is_put(lesson):
    with pytest.raises(CnnlabError, match="over"):
        lesson.vote("anna", "old", 1)
    lesson.ask(QUESTION)
    old = lesson.ballot.key
    lesson.ask(QUESTION)
    with pytest.raises(CnnlabError, match="over"):
        lesson.vote("anna", old, 1)
    lesson.switch(vote=False)
    with pytest.raises(CnnlabError, match="over"):
        lesson.vote("anna", lesson.ballot.key, 1)


def test_the_wall_shows_the_newest_first_but_neither_hidden_nor_waiting_ones():
    ids = [str(number) for number in range(MOST_SHOWN + 10)]
    assert Wall().shown(ids) == list(range(MOST_SHOWN + 9, 9, -1))
    wall = Wall().with_drawing("109", "Anna", waits=True).hide("108")
    assert wall.shown(ids)[:2] == [107, 106] and len(wall.shown(ids)) == MOST_SHOWN
    assert wall.show_waiting(["109"]).show_hidden().shown(ids)[:2] == [109, 108]
    assert wall.sent == {"109": "Anna"} and wall.keep().sent == {}


def test_what_waits_is_shown_when_nobody_wants_to_look_first_any_more(lesson):
    lesson.switch(look_first=True)
    lesson.add_drawing("a", "Anna")
    assert lesson.wall.shown(["a"]) == []
    lesson.switch(look_first=False)
    assert lesson.wall.shown(["a"]) == [0]


def test_forgetting_leaves_nothing(lesson):
    lesson.add_drawing("a", "Anna")
    lesson.ask(QUESTION)
    lesson.vote("anna", lesson.ballot.key, 1)
    lesson.forget()
    assert lesson.switches == Switches() and lesson.wall == Wall() and lesson.ballot is None


def test_who_listens_hears_of_every_change_until_he_stops(lesson):
    heard = []
    end = lesson.listen(lambda: heard.append(lesson.changes))
    lesson.switch(draw=False)
    lesson.ask(QUESTION)
    end()
    lesson.end_question()
    assert len(heard) == 2


def test_votes_from_many_threads_are_all_counted(lesson):
    lesson.ask(QUESTION)
    key = lesson.ballot.key
    threads = [
        threading.Thread(target=lambda at=at: [lesson.vote(f"{at}-{n}", key, n % 2) for n in range(50)])
        for at in range(8)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert [count for _, count in lesson.ballot.counts()] == [200, 200]
