"""The parts of every page and what pages share. The only package that imports Streamlit."""

from cnnlab.ui.shell.entrance import lead_through_app

lead_through_app()
