"""The router: which pages there are, and what stands around each of them."""

import sys

import streamlit as st

st.set_page_config(page_icon="🔬", layout="wide")
PAGES = {
    "Groundwork": [
        st.Page("pages/lessons.py", title="Lessons", icon=":material/signpost:"),
        st.Page("pages/data.py", title="Data", icon=":material/database:"),
        st.Page("pages/convolution.py", title="Convolution", icon=":material/calculate:"),
        st.Page("pages/architectures.py", title="Architectures", icon=":material/view_in_ar:"),
    ],
    "Learn": [
        st.Page("pages/train.py", title="Train", icon=":material/show_chart:", default=True),
        st.Page("pages/draw.py", title="Draw", icon=":material/draw:"),
        st.Page("pages/classroom.py", title="Class", icon=":material/school:"),
    ],
    "Look inside": [
        st.Page("pages/kernels.py", title="Kernels", icon=":material/grid_view:"),
        st.Page("pages/feature_maps.py", title="Feature maps", icon=":material/layers:"),
        st.Page("pages/anatomy.py", title="Anatomy", icon=":material/account_tree:"),
    ],
    "Judge": [
        st.Page("pages/shift.py", title="Shift", icon=":material/open_with:"),
        st.Page("pages/confusion.py", title="Confusion", icon=":material/grid_on:"),
        st.Page("pages/ensemble.py", title="Ensemble", icon=":material/groups:"),
        st.Page("pages/runs.py", title="Runs", icon=":material/folder_open:"),
    ],
}
page = st.navigation(PAGES, expanded=True)

st.set_page_config(page_title=f"{page.title} · cnnlab")
# Only now, because it takes seconds the first time: until st.navigation is called, Streamlit shows the bare file names.
opening = st.empty()
if "cnnlab.ui.shell.warm_up" not in sys.modules:
    opening.status("Opening the laboratory …")  # at once: a spinner comes half a second later, or after the imports
import altair  # noqa: E402, F401  (these two for the pages' charts: imported by a page, its place would stay empty)
import pandas  # noqa: E402, F401

from cnnlab.ui.shell import left_pages, lesson_panel, page_style, presenter, sidebar, warm_up  # noqa: E402
from cnnlab.ui.state import address  # noqa: E402

opening.empty()
left_pages.drop_their_requests()
page_style.apply()
with address.bar(page.title, opening):
    drawn = sidebar.draw(
        status=page.title != "Train",  # that page shows it itself, and large
        keeps_chosen=page.title == "Draw",  # a network that has just learned something else cannot read drawings
    )
    presenter.draw(page, [each for group in PAGES.values() for each in group])
    lesson_panel.draw()
    page.run()
    sidebar.catch_up(drawn)
warm_up.begin()
