"""Call it first: what can be asked, answered and revealed, and what is refused with a sentence."""

from __future__ import annotations

from collections import Counter

import pytest

from cnnlab.classroom.questions import LARGEST, YES_NO, Ballot, Question, own_question
from cnnlab.errors import CnnlabError

NUMBER = Question("How many of 100?", unit=" %", low=0, high=100)
CHOICE = Question("Which two?", ("3 and 5", "4 and 9", "7 and 2"))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Question("  "), "The question has 2 characters"),
        (lambda: Question("x" * 201), "The question has 201 characters"),
        (lambda: Question("?", ("a",)), "There are 1 choices: there must be 2 to 6"),
        (lambda: Question("?", tuple("abcdefg")), "There are 7 choices"),
        (lambda: Question("?", ("a", "a")), "Two of the choices are the same"),
        (lambda: Question("?", ("a", "b" * 61)), "has 61 characters"),
        (lambda: own_question("?", "choices", ["", " "]), "There are no choices"),
    ],
)
def test_a_question_that_cannot_be_says_why(make, said):
    with pytest.raises(CnnlabError, match=said):
        make()


def test_own_questions():
    assert own_question("Sure?", "yes or no").choices == YES_NO
    assert own_question("Which?", "choices", [" a ", "", "b"]).choices == ("a", "b")
    assert own_question("How many?", "number").answer(-5) == -5


@pytest.mark.parametrize("said", [True, None, "1", [], {}, 1.0, -1, 3, float("nan")])
def test_a_choice_is_answered_by_its_place_alone(said):
    with pytest.raises(CnnlabError, match="choose one of the 3 answers"):
        CHOICE.answer(said)


@pytest.mark.parametrize("said", [True, None, "1", [1], -0.01, 100.5, float("nan"), float("inf"), 10**400, -(10**400)])
def test_a_number_is_answered_by_one_within_the_limits(said):
    with pytest.raises(CnnlabError, match="must be a number from 0 to 100"):
        NUMBER.answer(said)


def test_the_last_word_of_a_phone_counts_until_the_truth_is_out():
    ballot = Ballot.of(CHOICE, None).with_vote("anna", 0).with_vote("ben", 1).with_vote("anna", 1).with_vote("zoe", 2)
    assert dict(ballot.counts()) == {"3 and 5": 0, "4 and 9": 2, "7 and 2": 1}
    assert Counter(ballot.votes.values()) == {1: 2, 2: 1}
    shown = ballot.reveal(1)
    assert shown.nearest() == 2 and shown.question.words(shown.truth) == "4 and 9"
    with pytest.raises(CnnlabError, match="no more votes"):
        shown.with_vote("late", 1)


def test_of_numbers_the_nearest_win():
    ballot = Ballot.of(NUMBER, None)
    for phone, said in {"a": 90, "b": 97.5, "c": 98.5, "d": 50}.items():
        ballot = ballot.with_vote(phone, said)
    assert ballot.reveal(98.0).nearest() == 2
    assert ballot.reveal(None).nearest() == 0
    assert ballot.reveal(98.0).question.words(98.0) == "98 %"


def test_a_truth_that_cannot_be_is_refused():
    with pytest.raises(CnnlabError):
        Ballot.of(NUMBER, None).reveal(LARGEST)
