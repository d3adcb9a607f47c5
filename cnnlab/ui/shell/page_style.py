"""Styles of every page that Streamlit's theme cannot set."""

import streamlit as st

from cnnlab.charts.palette import ON_LIGHT
from cnnlab.ui.state import theme

DARK = f"""
<style> /* Streamlit writes white on the dark theme's light blue */
[data-testid="stBaseButton-primary"]:not(:disabled) *, [data-testid="stMultiSelect"] span[title],
[data-testid="stMultiSelect"] span[title] + * svg {{ color: {ON_LIGHT}; }}
</style>
"""
STYLE = """
<style>
[data-testid="stMainBlockContainer"] { padding: 3.8rem 3rem 3rem; }
[data-testid="stSidebarHeader"] { height: 2.2rem; margin: 0; padding-bottom: 0; } /* room for run and epoch */
[data-testid="stSidebar"] .st-key-shared_address_bar { position: fixed; top: 0.35rem; left: 1.4rem; z-index: 1000000;
  width: auto; } /* beside the arrow that folds the sidebar: below epoch and run a laptop's window ends */
[data-testid="stSidebar"] .st-key-shared_present { position: fixed; top: 0.35rem; left: 9.7rem; z-index: 1000000;
  width: auto; }
.st-key-shared_present button { height: 28px; min-height: 0; padding: 0 9px; border-radius: 8px; }
.st-key-shared_present button p { font-size: 15px; }
.st-key-shared_presenter { position: absolute; } /* a place in the page would leave a gap */
[data-testid="stSidebarNavItems"] li { margin: 0; }
[data-testid="stSidebarNavLink"] { padding-top: 0; padding-bottom: 0; margin: 0; min-height: 1.55rem; height: 1.6rem; }
[data-testid="stNavSectionHeader"] { padding-top: 0.1rem; padding-bottom: 0; margin-top: 0; margin-bottom: 0; }
[data-testid="stButtonGroup"] [role="radiogroup"], [data-testid="stButtonGroup"] [role="group"],
[data-testid="stButtonGroup"] > div { flex-wrap: wrap; }
.stMain [data-testid="stButton"] p, .stMain [data-testid="stPopover"] p { white-space: normal; }
[data-testid="stCaptionContainer"] { color: inherit; opacity: 0.76; } /* Streamlit's own is fainter */
.katex-display { overflow: visible !important; } /* as it is a keyboard would have to scroll it */
.st-key-draw_canvas_frame { overflow: hidden; } /* its own tools: one of them lets nobody draw any more */
@media (min-width: 1600px) and (min-height: 900px) { .st-key-draw_canvas_frame { zoom: 1.45; } } /* a projector */
@media (max-width: 470px) { .st-key-draw_canvas_frame { zoom: 0.8; } }
@media (max-width: 380px) { .st-key-draw_canvas_frame { zoom: 0.68; } }
.st-key-classroom_join h1 { font-size: clamp(2rem, 3.6vw, 5rem); overflow-wrap: anywhere; }
.st-key-classroom_join h2 { font-size: clamp(1.6rem, 2.4vw, 3.4rem); }
.st-key-classroom_join [data-testid="stImage"] img { max-height: 66vh; object-fit: contain; }
.st-key-shared_accuracy_pair [data-testid="stMetricValue"] { font-size: 3.4rem; line-height: 1.1; }
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { animation-duration: 0.01ms !important; transition-duration: 0.01ms !important; }
}
@media (max-width: 1000px) {
  [data-testid="stMainBlockContainer"] { padding: 3.8rem 1rem 3rem; }
  [data-testid="stMain"] [data-testid="stColumn"] { min-width: calc(100% - 1.5rem); }
  [data-testid="stMain"] [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"]:nth-child(4)) >
    [data-testid="stColumn"] { min-width: calc(50% - 1rem); }
}
</style>
"""


def apply() -> None:
    """Use the projector's width, of which Streamlit's own margins take a quarter; stack columns on a tablet, too.

    Streamlit stacks them on a phone only, but the sidebar takes half of a tablet's width.
    """
    st.html(STYLE + DARK * theme.dark())
