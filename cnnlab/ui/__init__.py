"""What pages share: cached loaders, the sidebar, small widgets. The only package that imports Streamlit."""
