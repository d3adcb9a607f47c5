"""The lessons: each leads step by step through the other pages."""

from __future__ import annotations

import streamlit as st

from cnnlab.errors import CnnlabError
from cnnlab.lessons import course
from cnnlab.ui import messages
from cnnlab.ui.lessons import lesson_list
from cnnlab.ui.state import presenting
from cnnlab.ui.state.lesson_place import LESSON

lessons = []
for name in course.names():
    try:
        lessons.append(course.lesson(name))
    except CnnlabError as error:
        messages.problem(error)
with presenting.main_view("sentence"):
    st.subheader("Step by step through the pages: every step opens what it is about.", anchor=False)
if not lessons:
    st.info("There is no lesson yet: put one into the folder lessons.")
with presenting.main_view("list"):
    lesson_list.draw(lessons, st.session_state.get(LESSON))
st.caption("A lesson of your own is a text file in the folder lessons; README.md says how in ten lines.")
