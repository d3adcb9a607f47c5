"""Reads a lesson from its Markdown file, checked as a whole: what is wrong is a sentence with file and line.

    # Title
    for: whom
    minutes: 20
    purpose: what it is for

    ## A step
    A few sentences of Markdown.
    -> /kernels?run=a0-simple-cnn&epoch=0
    ? A question to call first | an answer | *the right one
    ! What Reveal says.
    -> /kernels?run=a0-simple-cnn&epoch=3

The second link is what is seen once the answer is out. Only title, text and the first link are needed in a step; an
address may be written as *Copy link* copies it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from cnnlab.classroom.questions import Question
from cnnlab.errors import CnnlabError
from cnnlab.lessons.steps import Lesson, Link, Step

LARGEST = 100_000  # bytes of a file
MOST_STEPS, LONGEST_TEXT, LONGEST_HEAD = 40, 600, 200  # the panel is to leave the page its room
MOST_MINUTES = 600
HEAD = ("for", "minutes", "purpose")
FIRST = "train"  # the page at "/"
OF_LESSONS = ("lesson", "step", "revealed", "present")  # what Copy link adds within a lesson
Lines = list[tuple[int, str]]  # line number, text


@dataclass
class _Draft:
    """A step as far as it has been read; `line` is its heading's."""

    line: int
    title: str
    text: Lines = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    question: tuple[Question, int | None] | None = None
    reveal: str = ""


class LineError(Exception):
    """Line and sentence of what is wrong, before the file's name is put to it."""

    def __init__(self, line: int, sentence: str):
        super().__init__(sentence)
        self.line = line


def read(file: Path, pages: Collection[str]) -> Lesson:
    """The lesson in `file`, whose links lead to some of `pages`; its name is the file's, without the ending.

    Raises CnnlabError, which names the file and the line.
    """
    try:
        if file.stat().st_size > LARGEST:
            raise CnnlabError(f"{file.name} has more than {LARGEST:,} bytes: a lesson is a few pages of text.")
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CnnlabError(f"{file.name} is not text in UTF-8: save it as such.") from None
    except OSError as error:
        raise CnnlabError(f"{file.name} cannot be read ({error.strerror}): put it back.") from error
    try:
        return _lesson(file.stem, [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)], pages)
    except LineError as wrong:
        raise CnnlabError(f"{file.name}, line {wrong.line}: {wrong}") from None


def _lesson(name: str, lines: Lines, pages: Collection[str]) -> Lesson:
    title, said = _head([(number, line) for number, line in lines if line])
    drafts: list[_Draft] = []
    for number, line in lines:
        if line.startswith("## "):
            drafts.append(_Draft(number, _short(number, "The step's title", line[3:])))
        elif drafts:
            _take(drafts[-1], number, line, pages)
    last = lines[-1][0] if lines else 1
    if not drafts:
        raise LineError(last, "There is no step: each begins with a line like “## Look at the kernels”.")
    if len(drafts) > MOST_STEPS:
        raise LineError(drafts[MOST_STEPS].line, f"There are {len(drafts)} steps: at most {MOST_STEPS} make a lesson.")
    number, minutes = said["minutes"]
    if not re.fullmatch(r"[0-9]{1,3}", minutes) or not 1 <= int(minutes) <= MOST_MINUTES:
        raise LineError(number, f"minutes is “{_quoted(minutes)}”: it must be a whole number from 1 to {MOST_MINUTES}.")
    return Lesson(
        name, title, int(minutes), said["for"][1], said["purpose"][1], tuple(_step(draft) for draft in drafts)
    )


def _head(lines: Lines) -> tuple[str, dict[str, tuple[int, str]]]:
    """The title, and what is said of the lesson before its first step, with the line numbers."""
    if not lines or not lines[0][1].startswith("# "):
        raise LineError(lines[0][0] if lines else 1, "A lesson begins with its title: “# Convolution”.")
    said: dict[str, tuple[int, str]] = {}
    number = lines[0][0]
    for number, line in lines[1:]:
        if line.startswith("## "):
            break
        name, _, value = (part.strip() for part in line.partition(":"))
        if name not in HEAD or name in said:
            raise LineError(
                number, f"“{_quoted(line)}” is not understood here: say {_list(HEAD)} once each, then a step."
            )
        said[name] = number, _short(number, name, value)
    if missing := [name for name in HEAD if name not in said]:
        raise LineError(number, f"There is no line “{missing[0]}: …” before the first step: write one below the title.")
    return _short(lines[0][0], "The title", lines[0][1][2:]), said


def _take(draft: _Draft, number: int, line: str, pages: Collection[str]) -> None:
    """Add a line to the step."""
    sign, _, rest = line.partition(" ")
    if sign == "->":
        if len(draft.links) > bool(draft.reveal):
            raise LineError(number, "The step has a link already: a second one belongs below the line with “!”.")
        draft.links.append(_link(number, rest.strip(), pages))
    elif sign == "?":
        if draft.question:
            raise LineError(number, "The step has a question already: put this one into a step of its own.")
        draft.question = _question(number, rest)
    elif sign == "!":
        if not draft.question or not draft.links or draft.reveal:
            raise LineError(number, "What Reveal says stands once, below the step's link and its question.")
        draft.reveal = _short(number, "What Reveal says", rest, LONGEST_TEXT)
    elif draft.reveal and line:
        raise LineError(number, "Below the line with “!” only a link can follow: Reveal says one line.")
    else:
        draft.text.append((number, line))


def _step(draft: _Draft) -> Step:
    text = "\n".join(line for _, line in draft.text).strip()
    if not draft.links:
        raise LineError(draft.line, "The step has no link: write what is to be seen, as in “-> /kernels?epoch=0”.")
    if not text or len(text) > LONGEST_TEXT:
        raise LineError(draft.line, f"The step's text has {len(text)} characters: it must have 1 to {LONGEST_TEXT}.")
    if draft.question and not draft.reveal:
        raise LineError(draft.line, "The step has a question, but no line “! …” with what Reveal says.")
    question, truth = draft.question or (None, None)
    revealed = draft.links[1] if len(draft.links) > 1 else None
    return Step(draft.title, text, draft.links[0], question, truth, draft.reveal, revealed)


def _link(number: int, written: str, pages: Collection[str]) -> Link:
    try:
        parts = urlsplit(written)
        said = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query), max_num_fields=100)
    except ValueError:
        raise LineError(number, f"“{_quoted(written)}” is not an address: copy one with Copy link.") from None
    page = parts.path.strip("/") or FIRST
    if page not in pages or not (parts.netloc or written.startswith("/")):
        raise LineError(number, f"“{_quoted(written)}” leads to no page here: there are /{', /'.join(sorted(pages))}.")
    query: dict[str, tuple[str, ...]] = {}
    for name, text in said:
        if name not in OF_LESSONS:
            query[name] = (*query.get(name, ()), text)
    return Link(page, query)


def _question(number: int, written: str) -> tuple[Question, int | None]:
    text, *answers = (part.strip() for part in written.split("|"))
    if not answers:
        raise LineError(number, "The question has no answers: write them behind it, each after a “|”.")
    right = [place for place, answer in enumerate(answers) if answer.startswith("*")]
    if len(right) > 1:
        raise LineError(number, "Two answers are marked as right: mark one with a “*”, or none.")
    try:
        question = Question(text, tuple(answer.removeprefix("*").strip() for answer in answers))
    except CnnlabError as error:
        raise LineError(number, str(error)) from None
    return question, right[0] if right else None


def _short(number: int, what: str, written: str, longest: int = LONGEST_HEAD) -> str:
    text = written.strip()
    if not text or len(text) > longest:
        raise LineError(number, f"{what} has {len(text)} characters: it must have 1 to {longest}.")
    return text


def _quoted(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


def _list(names: Collection[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}"
