"""A run's progress in numbers large enough for the back row.

One element instead of five metrics and a bar: it is redrawn twice a second while training runs.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from cnnlab.charts.palette import BLUE, TRACK
from cnnlab.training.results import duration
from cnnlab.training.snapshot import Snapshot

STYLE = f"""<style>
.progress {{ display: grid; grid-template-columns: 1.2fr repeat(4, 1fr); gap: 0 1rem; line-height: 1.3; }}
.progress span {{ display: block; font-size: 1rem; }}
.progress b {{ font-weight: 400; font-size: 2.25rem; white-space: nowrap; font-variant-numeric: tabular-nums; }}
.progress p {{ grid-column: 1 / -1; margin: .6rem 0 .4rem; }}
.progress-bar {{ grid-column: 1 / -1; height: .5rem; border-radius: .25rem; background: {TRACK}; }}
.progress-bar div {{ height: 100%; border-radius: inherit; background: var(--st-primary-color, {BLUE}); }}
</style>"""


def numbers(snapshot: Snapshot) -> dict[str, str]:
    """What is shown, by its label."""
    measured = [e.val_accuracy for e in snapshot.evaluations if e.val_accuracy is not None]
    epoch = min(snapshot.epoch + 1, snapshot.config.epochs)
    return {
        "Validation accuracy": f"{measured[-1]:.1%}" if measured else "–",
        "Epoch": f"{epoch} of {snapshot.config.epochs}",
        "Step": f"{snapshot.step:,}",
        "Images a second": f"{snapshot.images_per_second:,.0f}",
        "Time left": "–" if snapshot.eta_seconds is None else duration(snapshot.eta_seconds),
    }


def draw(snapshot: Snapshot) -> None:
    """Draw the numbers and the bar of the run under way."""
    items = "".join(f"<div><span>{label}</span><b>{value}</b></div>" for label, value in numbers(snapshot).items())
    done = 100 * snapshot.step / snapshot.total_steps
    where = f"{snapshot.state} · step {snapshot.step:,} of {snapshot.total_steps:,} · {escape(snapshot.device)}"
    bar = f'<div class="progress-bar" role="progressbar" aria-valuenow="{done:.0f}"><div style="width:{done:.2f}%">'
    st.html(f'{STYLE}<div class="progress">{items}<p>{where}</p>{bar}</div></div></div>')
