"""What pages share: cached loaders, the sidebar, small widgets. The only package that imports Streamlit."""

from cnnlab.ui.shell.entrance import lead_through_app

lead_through_app()
