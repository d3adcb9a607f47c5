"""How the lanes of a race stand: one card each, readable from the back row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from cnnlab.charts.answer import headline as answer_to
from cnnlab.charts.palette import TRANSPARENT
from cnnlab.charts.race_curves import style
from cnnlab.training.results import duration, newest
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui.train import progress

STYLE = f"""<style>{progress.BAR_STYLE}
.standings {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: .3rem 1rem;
  line-height: 1.25; }}
.standings div {{ min-width: 0; }}
.standings span {{ display: block; font-size: 1rem; overflow-wrap: anywhere; }}
.standings b {{ font-weight: 400; font-size: 2.25rem; line-height: 1.1; font-variant-numeric: tabular-nums; }}
.standings div > i {{ display: block; width: 100%; height: 6px; }}
.race-progress {{ margin: .3rem 0 0; display: flex; align-items: center; gap: 1rem; }}
</style>"""


@dataclass(frozen=True)
class Standing:
    """What a lane's card says. accuracy: 0..1, the newest; note: how it does beside the others."""

    number: int
    words: str
    accuracy: float | None
    loss: float | None
    note: str


def standings(lanes: Sequence[Snapshot]) -> list[Standing]:
    """Every lane's newest values, and who leads: the highest validation accuracy, else the lowest training loss."""
    newest = [_newest(lane) for lane in lanes]
    leader = _leader(newest, lanes)
    return [
        Standing(
            number,
            lane.words,
            accuracy,
            loss,
            _note(lane, leads=number == leader),
        )
        for number, (lane, (accuracy, loss)) in enumerate(zip(lanes, newest, strict=True))
    ]


def _newest(lane: Snapshot) -> tuple[float | None, float | None]:
    """(the test accuracy, else the last of validation, else of training; the last training loss that is known)."""
    if lane.outcome and lane.outcome.test_accuracy is not None:
        accuracy: float | None = lane.outcome.test_accuracy
    else:
        accuracy = newest(lane.evaluations, "val_accuracy")
        accuracy = newest(lane.evaluations, "train_accuracy") if accuracy is None else accuracy
    return accuracy, newest(lane.evaluations, "train_loss")


def _leader(newest: Sequence[tuple[float | None, float | None]], lanes: Sequence[Snapshot]) -> int | None:
    """Who leads among those that have not run away; None before the first step or where two are level."""

    def rank(number: int) -> tuple[float, float]:
        accuracy, loss = newest[number]
        return accuracy or 0.0, -(loss if loss is not None and math.isfinite(loss) else math.inf)

    sound = [number for number, lane in enumerate(lanes) if lane.state != "failed" and lane.step]
    best = sorted(sound, key=rank, reverse=True)[:2]
    if len(best) < 2 or rank(best[0]) == rank(best[1]):
        return None
    return best[0]


def _note(lane: Snapshot, leads: bool) -> str:
    if lane.state == "failed":
        return f"ran away at step {lane.step:,}" if lane.diverged else "failed"
    ahead = "leads" if leads else ""
    if lane.outcome and lane.outcome.test_accuracy is not None:
        return f"{'wins' if leads else 'tested'} · {duration(lane.outcome.seconds)}"
    return f"{ahead} · stopped".lstrip(" ·") if lane.state == "stopped" else ahead


def answers(lanes: Sequence[Snapshot]) -> list[str]:
    """What each lane takes the pinned drawing for, empty where none is pinned."""
    said = []
    for lane in lanes:
        pinned = next((each.pinned for each in reversed(lane.evaluations) if each.pinned), None)
        said.append(f"drawing: {answer_to(pinned, lane.classes)}" if pinned else "")
    return said


def draw(lanes: Sequence[Snapshot], whole: Snapshot) -> None:
    """Draw the cards, and how far the race is. whole: Runner.snapshot()."""
    cards = "".join(
        f'<div data-lane="{each.number}">{_swatch(each.number)}<span>{escape(each.words)}</span>'
        f"<b>{'–' if each.accuracy is None else format(each.accuracy, '.1%')}</b>"
        f"<span>loss {_loss(each.loss)}{' · ' + each.note if each.note else ''}</span>"
        f"{f'<span>{escape(answer)}</span>' if answer else ''}</div>"
        for each, answer in zip(standings(lanes), answers(lanes), strict=True)
    )
    st.html(f'{STYLE}<div class="standings">{cards}</div>{_bar(lanes, whole) if whole.active else ""}')


def _bar(lanes: Sequence[Snapshot], whole: Snapshot) -> str:
    done = 100 * sum(lane.step for lane in lanes) / max(1, sum(lane.total_steps for lane in lanes))
    left = "" if whole.eta_seconds is None else f" · {duration(whole.eta_seconds)} left"
    where = f"{whole.state} · epoch {whole.epoch + 1}, step {whole.step:,}{left}"
    return f'<p class="race-progress">{progress.bar(done)}{where}</p>'


def _swatch(number: int) -> str:
    """The lane's line as its curves draw it."""
    colour, dash = style(number)
    at, stops = 0, []
    for place, length in enumerate(dash):
        stops.append(f"{colour if place % 2 == 0 else TRANSPARENT} {at}px {at + length}px")
        at += length
    look = f"repeating-linear-gradient(90deg, {', '.join(stops)})" if stops else colour
    return f'<i style="background: {look}"></i>'


def _loss(loss: float | None) -> str:
    if loss is None:
        return "–"
    return f"{loss:.3g}" if math.isfinite(loss) else "no number"
