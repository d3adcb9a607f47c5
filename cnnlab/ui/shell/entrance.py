"""Every page opens through dashboard.py, whatever address is opened first."""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager


def lead_through_app() -> None:
    """Run again from dashboard.py where a page runs by itself.

    Streamlit finds the folder pages/ and, until st.navigation has been called once in the process, runs the page of
    the address alone, without the sidebar: reloading a page after a restart of the server would show that.
    """
    if getattr(PagesManager, "uses_pages_directory", False):
        PagesManager.uses_pages_directory = False
        st.rerun()
