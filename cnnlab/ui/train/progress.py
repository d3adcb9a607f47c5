"""A run's progress in numbers large enough for the back row.

One element instead of five metrics and a bar: it is redrawn at every tick while training runs.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from cnnlab.charts.palette import BLUE, TRACK
from cnnlab.training.results import duration
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui.state import presenting

SMALL = ("Step", "Images a second")  # left out while a tab presents
BAR_STYLE = f"""
.progress-bar {{ flex: 1; height: .5rem; border-radius: .25rem; background: {TRACK}; }}
.progress-bar i {{ display: block; height: 100%; border-radius: inherit; background: var(--st-primary-color, {BLUE}); }}
"""
STYLE = f"""<style>{BAR_STYLE}
.progress {{ display: grid; grid-template-columns: 1.2fr repeat(4, 1fr); gap: 0 1rem; line-height: 1.3; }}
.progress span {{ display: block; font-size: 1rem; white-space: nowrap; }}
.progress b {{ font-weight: 400; font-size: 2.25rem; line-height: 1.1; white-space: nowrap;
  font-variant-numeric: tabular-nums; }}
.progress.large {{ grid-template-columns: repeat(3, 1fr); }}
.progress.large span {{ font-size: 18px; }}
.progress.large b {{ font-size: 60px; }}
.progress p {{ grid-column: 1 / -1; margin: 0; display: flex; align-items: center; gap: 1rem; }}
</style>"""


def numbers(snapshot: Snapshot) -> dict[str, str]:
    """What is shown of a run that has begun, by its label."""
    assert snapshot.config is not None, "a run has settings"
    epoch = min(snapshot.epoch + 1, snapshot.config.epochs)
    what, accuracy = validation(snapshot)
    return {
        what: "–" if accuracy is None else f"{accuracy:.1%}",
        "Epoch": f"{epoch} of {snapshot.config.epochs}",
        "Step": f"{snapshot.step:,}",
        "Images a second": f"{snapshot.images_per_second:,.0f}",
        "Time left": "–" if snapshot.eta_seconds is None else duration(snapshot.eta_seconds),
    }


def validation(snapshot: Snapshot) -> tuple[str, float | None]:
    """(what was measured last, accuracy 0..1): all validation images after an epoch, in between a sample of them."""
    sample = next((each for each in reversed(snapshot.evaluations) if each.val_accuracy is not None), None)
    every = next((each for each in reversed(snapshot.epochs) if each.val_accuracy is not None), None)
    if every and (sample is None or every.step >= sample.step):
        return "Validation accuracy, all", every.val_accuracy
    if sample:
        return "Validation accuracy, a sample", sample.val_accuracy
    return "Validation accuracy", None


def draw(snapshot: Snapshot) -> None:
    """Draw the numbers and the bar of the run under way; while this tab presents, three of the numbers, large."""
    shown = {label: value for label, value in numbers(snapshot).items() if not presenting.on() or label not in SMALL}
    items = "".join(f"<div><span>{label}</span><b>{value}</b></div>" for label, value in shown.items())
    done = 100 * snapshot.step / snapshot.total_steps
    where = f"{snapshot.state} · step {snapshot.step:,} of {snapshot.total_steps:,} · {escape(snapshot.device)}"
    size = "progress large" if presenting.on() else "progress"
    st.html(f'{STYLE}<div class="{size}">{items}<p>{bar(done)}{where}</p></div>')


def bar(done: float) -> str:
    """A bar that is filled by `done` per cent, as HTML for a row of flexible boxes; BAR_STYLE has its looks."""
    inside = f'<i style="width:{done:.2f}%"></i>'
    return f'<span class="progress-bar" role="progressbar" aria-valuenow="{done:.0f}">{inside}</span>'
