"""A lesson's file: what it means, and what is wrong with it by file and line."""

from __future__ import annotations

import pytest

from cnnlab.errors import CnnlabError
from cnnlab.lessons import lesson_file
from cnnlab.lessons.steps import Link

PAGES = {"train", "kernels", "shift"}
HEAD = "# Kernels\nfor: everybody\nminutes: 10\npurpose: to see them\n"
STEP = "## Look\nThere they are.\n-> /kernels?run=small\n"
ASKS = f"{STEP}? Right? | *yes | no\n! It is.\n"
LONG = "x" * 601


def read(folder, text: str):
    file = folder / "7-mine.md"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return lesson_file.read(file, PAGES)


def test_all_that_a_lesson_can_say(tmp_path):
    found = read(
        tmp_path,
        "\ufeff# What *they* see\r\n\r\nfor: a class: of twenty\r\nminutes: 45\r\npurpose: see: all\r\n\r\n## First\r\n"
        "Two\nlines.\n\n\nAnother **paragraph**.\n-> /kernels?run=a0&off=1&off=2&layer=\n"
        "## Second\nNow call it.\n->   http://127.0.0.1:8501/shift?dx=-3&lesson=x&step=2&revealed=1&present=1\n"
        "? Is it a 4? | yes | * no\n! It is **not**.\n-> /\n",
    )
    assert (found.name, found.title, found.minutes) == ("7-mine", "What *they* see", 45)
    assert (found.audience, found.purpose) == ("a class: of twenty", "see: all")
    first, second = found.steps
    assert first.title == "First" and first.text == "Two\nlines.\n\n\nAnother **paragraph**."
    assert first.link == Link("kernels", {"run": ("a0",), "off": ("1", "2"), "layer": ("",)})
    assert (first.question, first.truth, first.reveal, first.revealed) == (None, None, "", None)
    assert second.link == Link("shift", {"dx": ("-3",)}), "what Copy link adds within a lesson is not part of the link"
    assert second.question.text == "Is it a 4?" and second.question.choices == ("yes", "no") and second.truth == 1
    assert second.reveal == "It is **not**." and second.revealed == Link("train", {})


def test_an_answer_need_not_be_right_and_need_not_show_something_else(tmp_path):
    step = read(tmp_path, HEAD + STEP + "? Which? | this | that\n! Both.\n").steps[0]
    assert step.truth is None and step.revealed is None and step.reveal == "Both."


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "begins with its title"),
        ("\n\nKernels\n", 3, "begins with its title"),
        ("# \n" + STEP, 1, "begins with its title"),
        (f"# {'x' * 201}\nfor: a\nminutes: 1\npurpose: b\n" + STEP, 1, "The title has 201 characters"),
        ("# A\n" + STEP, 2, "There is no line “for: …”"),
        ("# A\nfor: b\nminutes: 1\n\n" + STEP, 5, "There is no line “purpose: …”"),
        ("# A\nfor: b\nfor: c\n" + STEP, 3, "“for: c” is not understood here: say for, minutes and purpose once"),
        ("# A\nlength: b\n" + STEP, 2, "“length: b” is not understood"),
        ("# A\nfor:\n" + STEP, 2, "for has 0 characters"),
        (HEAD.replace("10", "ten") + STEP, 3, "minutes is “ten”: it must be a whole number from 1 to 600"),
        (HEAD.replace("10", "0") + STEP, 3, "minutes is “0”"),
        (HEAD.replace("10", "601") + STEP, 3, "minutes is “601”"),
        (HEAD, 4, "There is no step"),
        (HEAD + STEP * 41, 4 + 3 * 40 + 1, "There are 41 steps: at most 40"),
        (HEAD + "##  \n" + STEP, 5, "is not understood here"),
        (HEAD + "## Look\nThere.\n", 5, "The step has no link"),
        (HEAD + STEP + "## Look\n-> /kernels\n", 8, "The step's text has 0 characters"),
        (HEAD + f"## Look\n{LONG}\n-> /kernels\n", 5, "The step's text has 601 characters"),
        (HEAD + STEP + "-> /shift\n", 8, "The step has a link already"),
        (HEAD + ASKS + "-> /shift\n-> /shift\n", 11, "The step has a link already"),
        (HEAD + STEP + "-> kernels\n", 8, "The step has a link already"),
        (HEAD + "## Look\nThere.\n-> kernels\n", 7, "leads to no page here: there are /kernels, /shift, /train."),
        (HEAD + "## Look\nThere.\n-> /kernel?run=a\n", 7, "“/kernel?run=a” leads to no page here"),
        (HEAD + "## Look\nThere.\n-> /kernels/all\n", 7, "leads to no page here"),
        (HEAD + "## Look\nThere.\n->\n", 7, "“” leads to no page here"),
        (HEAD + "## Look\nThere.\n-> /kernels?run\n", 7, "“/kernels?run” is not an address: copy one"),
        (HEAD + "## Look\nThere.\n-> http://[x/kernels\n", 7, "is not an address"),
        (HEAD + "## Look\nThere.\n-> /kernels?" + "a=1&" * 101 + "a=1\n", 7, "…” is not an address"),
        (HEAD + STEP + "? Right?\n! Yes.\n", 8, "The question has no answers"),
        (HEAD + STEP + "? Right? | yes\n! Yes.\n", 8, "There are 1 choices"),
        (HEAD + STEP + "? Right? | yes | yes\n! Yes.\n", 8, "Two of the choices are the same"),
        (HEAD + STEP + "? Right? | yes |\n! Yes.\n", 8, "The choice '' has 0 characters"),
        (HEAD + STEP + "? | yes | no\n! Yes.\n", 8, "The question has 0 characters"),
        (HEAD + STEP + "? Right? | *yes | *no\n! Yes.\n", 8, "Two answers are marked as right"),
        (HEAD + STEP + "? Right? | yes | no\n", 5, "The step has a question, but no line “! …”"),
        (HEAD + ASKS + "? More? | yes | no\n", 10, "The step has a question already"),
        (HEAD + STEP + "! Yes.\n", 8, "What Reveal says stands once"),
        (HEAD + ASKS + "! Yes.\n", 10, "What Reveal says stands once"),
        (HEAD + "## Look\nThere.\n? Right? | yes | no\n! Yes.\n", 8, "once, below the step's link and its question"),
        (HEAD + STEP + "? Right? | yes | no\n!\n", 9, "What Reveal says has 0 characters"),
        (HEAD + STEP + f"? Right? | yes | no\n! {LONG}\n", 9, "What Reveal says has 601 characters"),
        (HEAD + ASKS + "\nAnd more.\n", 11, "only a link can follow"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_file_and_line(tmp_path, text, line, said):
    with pytest.raises(CnnlabError) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(f"7-mine.md, line {line}: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"# K\xe4rnels", "7-mine.md is not text in UTF-8: save it as such."),
        (b"# A\n" * 30_000, "7-mine.md has more than 100,000 bytes"),
    ],
)
def test_a_file_that_is_no_text_or_too_large_is_a_sentence(tmp_path, content, said):
    with pytest.raises(CnnlabError, match=said):
        read(tmp_path, content)


def test_a_file_that_is_gone_is_a_sentence(tmp_path):
    with pytest.raises(CnnlabError, match="gone.md cannot be read .*: put it back"):
        lesson_file.read(tmp_path / "gone.md", PAGES)
