"""How phones come in, large enough for the back row, and what they may do."""

from __future__ import annotations

import io
from functools import partial

import segno
import streamlit as st

from cnnlab.classroom import opening, phone_routes
from cnnlab.classroom.lesson import lesson
from cnnlab.classroom.phones import phones
from cnnlab.classroom.switches import Switches
from cnnlab.common.text import counted
from cnnlab.data.drawing import classroom_set
from cnnlab.errors import CnnlabError
from cnnlab.ui import messages
from cnnlab.ui.state import presenting
from cnnlab.ui.state.visitor import may_change, reserved

SWITCHES = {
    "draw": ("Let them draw", "Phones draw, and send their digits to the wall."),
    "vote": ("Let them vote", "Phones see the question that you put."),
    "look_around": ("Let them look around", "Whoever joins may open this dashboard, and change nothing."),
    "look_first": ("Show only after I have looked", "A new drawing waits until you let it onto the wall."),
}
PROBLEM = "classroom_problem"  # session-state key: what went wrong in a callback


def draw() -> None:
    """Draw the code, the address, the number of phones and the switches."""
    switches = lesson.switches
    if problem := st.session_state.pop(PROBLEM, None):
        messages.problem(problem)
    with st.container(key="classroom_join"):
        if switches.is_open:
            code, words = st.columns([1, 1.5], gap="large", vertical_alignment="center")
            with code, presenting.main_view("code"):
                st.image(qr_code(f"http://{address()}"), width="stretch")
        else:
            words = st.container()
    with words:
        _address_and_phones(switches)
        _switches(switches)
    _ends(switches)


def address() -> str:
    """Where phones join, as it is typed: host, port and path."""
    chosen = st.session_state.get("classroom_address") or opening.own_address()
    return f"{chosen}:{st.get_option('server.port')}{phone_routes.PATH}"


def qr_code(text: str) -> str:
    """An SVG picture of the code: black on white, whatever the theme, as cameras want it."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=10, border=2, light="white", xmldecl=False, svgns=True)
    return out.getvalue().decode()


def _address_and_phones(switches: Switches) -> None:
    reachable = opening.is_open(st.get_option("server.address"))
    if not reachable:
        st.warning(
            "This lab answers only this machine: phones cannot reach it. Stop it, and start it with "
            "`python -m cnnlab class`.",
            icon=":material/lan:",
        )
    if not switches.is_open:
        with presenting.main_view("closed"):
            st.title("The class is closed")
        reserved(
            st.button, "Open the class", key="classroom_open", type="primary", icon=":material/door_open:",
            on_click=partial(lesson.switch, is_open=True),
        )  # fmt: skip
        return
    with presenting.main_view("address"):
        st.title(address(), anchor=False)  # as large as fits: page_style
    known = opening.own_addresses()
    if len(known) > 1 and may_change():
        st.selectbox("This machine's address in the class's network", known, key="classroom_address")
    with presenting.main_view("phones"):
        st.header(counted(phones.count, "phone") + (" is in" if phones.count == 1 else " are in"), anchor=False)


def _switches(switches: Switches) -> None:
    for name, (label, meaning) in SWITCHES.items():
        key = f"classroom_{name}"
        st.session_state[key] = getattr(switches, name)  # another teacher's tab may have switched
        reserved(st.toggle, label, key=key, help=meaning, on_change=partial(_switch, name))


def _switch(name: str) -> None:
    lesson.switch(**{name: bool(st.session_state[f"classroom_{name}"])})


def _ends(switches: Switches) -> None:
    """What becomes of today's drawings, and of the class."""
    sent = len(lesson.wall.sent)
    row = st.container(horizontal=True)
    with row:
        if sent:
            with st.popover(f"Keep the {counted(sent, 'drawing')} of today", icon=":material/bookmark:"):
                st.markdown("They are on the disk already, without names. Kept, they stay when the class is forgotten.")
                for label, named in (("Keep without nicknames", False), ("Keep with nicknames", True)):
                    reserved(st.button, label, key=f"classroom_keep_{named}", on_click=partial(_keep, named=named))
        if switches.is_open:
            reserved(
                st.button, "Close the class", key="classroom_close", icon=":material/door_front:",
                on_click=partial(lesson.switch, is_open=False),
            )  # fmt: skip
        with st.popover("Forget everything", icon=":material/delete_sweep:"):
            kept = f" and {counted(sent, 'drawing')} that phones sent" if sent else ""
            st.markdown(f"Closes the class and deletes all nicknames, votes{kept}.")
            reserved(st.button, "Forget it all", key="classroom_forget", type="primary", on_click=_forget)


def _keep(*, named: bool) -> None:
    try:
        if named:
            classroom_set.write_names(lesson.wall.sent)
    except CnnlabError as error:
        st.session_state[PROBLEM] = str(error)
        return
    lesson.change_wall(lambda wall: wall.keep())


def _forget() -> None:
    try:
        if lesson.wall.sent:
            classroom_set.remove(*lesson.wall.sent)
    except CnnlabError as error:
        st.session_state[PROBLEM] = str(error)
        return
    lesson.forget()
