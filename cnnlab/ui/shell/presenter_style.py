"""Styles of presenter mode: what stands in no main view is hidden, the rest is laid out as in 1280 × 720 and scaled."""

import streamlit as st

from cnnlab.ui.shell.lesson_panel import PANEL
from cnnlab.ui.state.presenting import VIEW

BAR = 54  # height of the bar at the lower edge, in CSS pixels of the window of 1280 × 720
TRANSPORT, PRESENTER = "train_transport", "shared_presenter"  # keys of containers: Train's buttons; the bar
_MAIN = '[data-testid="stMainBlockContainer"]'
_VIEW = f'[class*="st-key-{VIEW}"]'
_LESSON = f".st-key-{PANEL}"
_KEPT = f"{_VIEW}, .st-key-{TRANSPORT}, .st-key-{PRESENTER}, {_LESSON}"
_WITHIN = f"{_VIEW} *, .st-key-{TRANSPORT} *, .st-key-{PRESENTER} *, {_LESSON} *"
_TOLD = '[data-testid="stAlertContentError"], [data-testid="stAlertContentWarning"], [data-testid="stException"]'
_HIDDEN = f":not({_WITHIN}, {_KEPT}, :has({_KEPT}), :has({_TOLD}))"
_SETTINGS = ", ".join(
    f'[data-testid="st{kind}"]'
    for kind in ("Slider", "Selectbox", "ButtonGroup", "Checkbox", "NumberInput", "TextInput")
)
# A page that draws no main view says why: then all of it is shown.
_SHOWS = f"{_MAIN}:has({_VIEW})"
STYLE = f"""
<style>
:root {{ --least-font: 16px; }} /* our own elements ask for it */
[data-testid="stSidebar"], [data-testid="stHeader"] {{ display: none !important; }}
[data-testid="stMain"] {{ overflow: hidden; }}
[data-testid="stMain"] {_MAIN} {{
  zoom: var(--present-zoom, 1); height: calc(100vh / var(--present-zoom, 1)); max-width: none; overflow: hidden;
  padding: 14px 28px {BAR}px;
}}
{_SHOWS} [data-testid="stElementContainer"]{_HIDDEN}, {_SHOWS} [data-testid="stLayoutWrapper"]{_HIDDEN},
{_SHOWS} [data-testid="stColumn"]{_HIDDEN}, {_SHOWS} [data-testid="stVerticalBlock"]{_HIDDEN},
{_SHOWS} [data-testid="stTabs"] > div > [role="tablist"], {_SHOWS} [role="tablist"]:not({_VIEW} *),
{_SHOWS} hr {{ display: none !important; }}
{_SHOWS} [data-testid="stVerticalBlock"] {{ gap: 10px !important; }}
{_MAIN}:not(:has({_VIEW})) {{ overflow: auto; }}
{_MAIN} h1, {_MAIN} h2, {_MAIN} h3, {_MAIN} h4, {_MAIN} h5 {{ padding: 0; }}
{_VIEW} [data-testid="stMarkdownContainer"], {_VIEW} [data-testid="stCaptionContainer"],
{_VIEW} [data-testid="stHeading"] * {{ margin-bottom: 0; }}
{_VIEW} [data-testid="stMarkdownContainer"] p:last-child {{ margin-bottom: 0; }}
{_MAIN} h3 {{ font-size: 29px; line-height: 1.2; }}
{_VIEW} [data-testid="stColumn"] h3 {{ font-size: 25px; }}
{_MAIN} h4, {_MAIN} h5 {{ font-size: 21px; }}
{_VIEW} [data-testid="stCaptionContainer"] p, {_VIEW} small, {_MAIN} code, {_VIEW} [data-testid="stMetricLabel"] *,
{_VIEW} [data-testid="stMetricDelta"] *, {_VIEW} h4 span, {_VIEW} button p, {_MAIN} .st-key-{TRANSPORT} p {{
  font-size: 16px;
}}
{_VIEW} .st-key-shared_accuracy_pair [data-testid="stMetricValue"] * {{ font-size: 3.2rem; }}
/* Streamlit measures a chart's place in pixels of the window and takes these for its own */
[data-testid="stVegaLiteChart"] {{ width: calc(100% / var(--present-zoom, 1)) !important; overflow: visible; }}
{_SHOWS} [role="tabpanel"] {{ padding: 0; }}
{_VIEW} [data-testid="stElementContainer"]:has({_SETTINGS}) {{ display: none; }}
/* a lesson's panel takes some of the height, and a page without a main view may be long */
[data-testid="stMain"] {_MAIN}:has({_LESSON}), [data-testid="stMain"] {_MAIN}:not(:has({_VIEW})) {{ overflow-y: auto; }}
.st-key-draw_canvas_frame {{ zoom: 1.28; }}
.st-key-draw_prediction {{ zoom: 1.2; }}
.st-key-{TRANSPORT} {{
  position: fixed; z-index: 1000; bottom: 7px; right: 186px; width: auto; gap: 6px; height: 40px;
  flex-wrap: nowrap;
}}
.st-key-{TRANSPORT} [data-testid="stSelectbox"], .st-key-{TRANSPORT} [data-testid="stElementContainer"]:has(
  [data-testid="stSelectbox"]) {{ display: none; }}
.st-key-{TRANSPORT} button {{ padding: 0 10px; min-height: 40px; white-space: nowrap; }}
</style>
"""


def apply() -> None:
    """Show the page as presenter mode does."""
    st.html(STYLE)
