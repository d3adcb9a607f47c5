"""The hint on a run, above its curves: what is seen, why, what to try, and a button that does so in the next run."""

from __future__ import annotations

from html import escape

import streamlit as st

from cnnlab.charts.palette import BLUE, WEAK, translucent
from cnnlab.errors import CnnlabError
from cnnlab.training.config import TrainConfig
from cnnlab.training.hint_evidence import Hint
from cnnlab.training.hint_watcher import hint_of
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui import messages
from cnnlab.ui.cache import loaders
from cnnlab.ui.state import visitor
from cnnlab.ui.state.chosen_network import choice
from cnnlab.ui.state.draft_config import DRAFT
from cnnlab.ui.train.race import line_up, start_mode
from cnnlab.ui.train.settings import form

COLOURS = {"fault": WEAK, "advice": BLUE}
PROBLEM = "train_hint_problem"  # session-state key: why the advice does not fit the other settings
STYLE = """<style>
.hint { border-left: .4rem solid var(--hint); background: var(--hint-faint); border-radius: .25rem;
  padding: .4rem .9rem; line-height: 1.3; }
.hint p { margin: 0; font-size: 1.35rem; }
.hint small { font-size: .95rem; opacity: .8; }
</style>"""


def draw(hint: Hint | None, snapshot: Snapshot, of: str = "") -> None:
    """Draw `hint`, if there is one; its buttons change the settings of the next run, not those of this one.

    of: which lane of a race it is on.
    """
    if hint is None:
        return
    with st.container(key="train_hint"):
        words, buttons = st.columns([7, 3], vertical_alignment="center")  # side by side in a narrow window too
        colour = COLOURS[hint.kind]
        colours = f"--hint: {colour}; --hint-faint: {translucent(colour, 0.12)}"
        whose = f"{escape(of)}: " if of else ""
        words.html(
            f'{STYLE}<div class="hint" role="status" style="{colours}">'
            f"<p>{whose}<b>{escape(hint.seen)} {escape(hint.why)};</b> {escape(hint.advice)}.</p>"
            f"<small>{escape(hint.figures)}</small></div>"
        )
        if hint.change:
            with buttons.container(gap="xsmall"):
                if not of:
                    _button(hint, snapshot)
                _race_button(hint, snapshot)
    if problem := st.session_state.pop(PROBLEM, None):
        messages.problem(problem)


def _button(hint: Hint, snapshot: Snapshot) -> None:
    taken = _taken(hint, snapshot)
    pressed = visitor.reserved(
        st.button,
        f"The next run has {hint.words}" if taken else f"Use {hint.words} in the next run",
        icon=":material/check:" if taken else ":material/auto_fix_high:",
        key="train_hint_take",
        disabled=taken,
        width="stretch",
        on_click=take,
        args=(hint, snapshot),
    )
    if pressed and not loaders.runner().snapshot().active:
        st.rerun()  # the whole page: the settings stand outside what is redrawn at every tick


def _race_button(hint: Hint, snapshot: Snapshot) -> None:
    """Draw the button that lines the advice up beside the settings of this run."""
    if not snapshot.config:
        return
    pressed = visitor.reserved(
        st.button,
        "Race it",
        icon=":material/flag:",
        key="train_hint_race",
        width="stretch",
        help="The next race: these settings beside the same with the advice.",
        on_click=_line_up,
        args=(hint, snapshot.config),
    )
    if pressed and not loaders.runner().snapshot().active:
        st.rerun()


def _line_up(hint: Hint, config: TrainConfig) -> None:
    try:
        line_up.take([config, config.replace(**hint.change)])
    except CnnlabError as error:
        st.session_state[PROBLEM] = str(error)
    else:
        st.session_state[start_mode.MODE] = start_mode.RACE


def take(hint: Hint, snapshot: Snapshot) -> None:
    """Let the next run follow the advice; what its other settings do not allow is said once."""
    try:
        form.propose(_next(snapshot).replace(**hint.change))
    except CnnlabError as error:
        st.session_state[PROBLEM] = str(error)


def _next(snapshot: Snapshot) -> TrainConfig:
    return st.session_state.get(DRAFT) or form.base(snapshot)


def _taken(hint: Hint, snapshot: Snapshot) -> bool:
    draft = _next(snapshot)
    try:
        return draft.replace(**hint.change) == draft
    except CnnlabError:
        return False


def of_chosen_run() -> Hint | None:
    """The fault that the record of the sidebar's run tells of; advice would push its curves down for little."""
    run = choice().run
    if not run:
        return None
    record = run.record
    found = hint_of(run.config, record.classes, record.evaluations, record.epochs, record.events)
    return found if found and found.kind == "fault" else None
