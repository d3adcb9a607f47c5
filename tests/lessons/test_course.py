"""Which lessons there are, and in which order."""

from __future__ import annotations

import pytest

from cnnlab.common import paths
from cnnlab.errors import CnnlabError
from cnnlab.lessons import course
from tests.lessons.test_lesson_file import HEAD, STEP


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNLAB_LESSONS", str(tmp_path))
    return tmp_path


def test_own_lessons_follow_the_shipped_ones_by_their_numbers(folder):
    for name in ("10-last", "9-before", "unnumbered", ".hidden"):
        (folder / f"{name}.md").write_text(HEAD + STEP)
    (folder / "notes.txt").write_text("no lesson")
    shipped = sorted(file.stem for file in paths.shipped_lessons().glob("*.md"))
    assert course.names() == [*shipped, "9-before", "10-last", "unnumbered"]
    assert [course.lesson(name).number for name in course.names()[-3:]] == ["9", "10", ""]


def test_one_of_the_same_name_takes_the_place_of_a_shipped_one(folder):
    (folder / "1-convolution.md").write_text(HEAD + STEP)
    assert course.names()[0] == "1-convolution" and course.lesson("1-convolution").title == "Kernels"


def test_a_changed_file_is_read_again_and_a_wrong_one_named(folder):
    file = folder / "7-mine.md"
    file.write_text(HEAD + STEP)
    assert course.lesson("7-mine").title == "Kernels"
    file.write_text(HEAD.replace("Kernels", "Other kernels") + STEP)
    assert course.lesson("7-mine").title == "Other kernels"
    file.write_text(HEAD + STEP.replace("/kernels", "/nowhere"))
    with pytest.raises(CnnlabError, match="7-mine.md, line 7: “/nowhere.run=small” leads to no page here"):
        course.lesson("7-mine")


def test_a_lesson_that_is_gone_is_a_sentence(folder):
    with pytest.raises(CnnlabError, match="There is no lesson '7-mine'"):
        course.lesson("7-mine")
