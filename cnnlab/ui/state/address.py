"""The address bar: what is seen stands in the query of the page's address, and an address that is opened shows it.

Whatever draws a widget, or remembers a click, says just before under which name its value stands in the address
(`remember`, `says`); an address holds what is drawn, without what is as it always begins. Streamlit's own
`bind="query-params"` does a part of this: it replaces the entry of the history instead of adding one, so Back leaves
the page; names the parameter after the session-state key; drops wrong values without a word; and knows neither clicks
in our own elements nor choices that depend on the network.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx

from cnnlab.ui import messages
from cnnlab.ui.state import persistent_widgets
from cnnlab.ui.state.address_kinds import Kind, NotShownError

MOST, LONGEST = 100, 60  # texts of one name that are read; characters of one that a sentence quotes
SIDEBARS = ("run", "live", "epoch")  # names that every page knows
NAMED = 3  # unknown names that a sentence lists
# session-state keys
OPENED, ENTRY, SHOWN, PART, WHOLE, HELD, SAID = (
    "shared_address_opened",  # the first run of this tab has begun
    "shared_address_entry",  # the address that was opened, until a run has shown it
    "shared_address_shown",  # by part of the page: what it says to the address
    "shared_address_part",  # the part that is being drawn
    "shared_address_whole_page",  # the whole page is being drawn, not a fragment alone
    "shared_address_held",  # this run leaves the address as it is
    "shared_address_said",  # (address, sentences about it)
)


@dataclass
class Entry:
    """An address as it was opened. page: empty until it is known; refused: what is not here, by name, or the sentence.

    stays: names that, where they are not asked for, keep what stands under them.
    """

    page: str
    asked: dict[str, list[str]]
    stays: frozenset[str] = frozenset()
    read: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """What stands under a name: texts(): now; usual: as it begins, and is left out."""

    texts: Callable[[], Sequence[str]]
    usual: Sequence[str] | None


@contextmanager
def bar(page: str, place: DeltaGenerator) -> Iterator[None]:
    """Around all that a run of the script draws: take over an address that was opened, write down what is seen.

    page: its name; place: where the sentences about the address are shown.
    """
    _begin(page)
    try:
        yield
    except StopException:  # st.stop(): the page ends early, and is complete
        _end(place)
        raise
    else:
        _end(place)
    finally:
        st.session_state[WHOLE] = False


def fragment(body: Callable[..., None], run_every: float | None = None) -> Callable[..., None]:
    """As st.fragment, for a body whose widgets stand in the address."""

    @wraps(body)
    def drawn(*args: Any, **kwargs: Any) -> None:
        name = f"{body.__module__}.{body.__qualname__}"
        state = st.session_state
        outer, state[PART] = state.get(PART, ""), name
        state.setdefault(SHOWN, {})[name] = {}
        try:
            body(*args, **kwargs)
        except StopException:
            _write_alone()
            raise
        else:
            _write_alone()
        finally:
            state[PART] = outer

    return st.fragment(drawn, run_every=run_every)


def says(
    name: str, kind: Kind, usual: Any, get: Callable[[], Any], put: Callable[[Any], None], *, always: bool = False
) -> None:
    """Let a value stand in the address under `name`; call before it is used.

    Where an address has just been opened, `put` is called with what it says; with `usual` where it says nothing, or
    nothing that `kind` takes. always: even the usual value is written.
    """
    entry: Entry | None = st.session_state.get(ENTRY)
    if entry and name not in entry.read:
        entry.read.add(name)
        if name in entry.asked or name not in entry.stays:
            put(_asked(entry, name, kind, usual))
    shown = st.session_state.setdefault(SHOWN, {}).setdefault(st.session_state.get(PART, ""), {})

    def texts() -> list[str]:
        value = get()
        return kind.write(value if kind.fits(value) else usual)

    shown[name] = Shown(texts, None if always else kind.write(usual))


def remember(name: str, key: str, kind: Kind, usual: Any) -> None:
    """As persistent_widgets.remember, for a widget whose value stands in the address.

    A value that the widget does not offer any more is replaced by the nearest that it does, or by `usual`.
    """
    state = st.session_state
    says(name, kind, usual, lambda: state.get(key, usual), lambda value: state.update({key: value}))
    persistent_widgets.remember(**{key: usual})
    if not kind.fits(state[key]):
        persistent_widgets.change(key, kind.mend(state[key]) if kind.mend else usual)


def remember_click(name: str, key: str, kind: Kind) -> None:
    """Let what was clicked last stand in the address; nothing, None, before any click."""
    state = st.session_state

    def put(value: object) -> None:
        if value is None:
            state.pop(key, None)
        else:
            state[key] = value

    says(name, kind, None, lambda: state.get(key), put)


def visit(page: str, asked: Mapping[str, Sequence[str]], stays: Collection[str] = ()) -> NoReturn:
    """Show `page`, a file's name in pages/, as an address that says `asked` does, and end this run.

    stays: names that keep what stands under them where they are not asked for; all others are as they always begin.
    """
    st.session_state[ENTRY] = Entry("", {name: list(texts) for name, texts in asked.items()}, frozenset(stays))
    st.switch_page(f"pages/{page}.py")


def hold() -> None:
    """Leave the address as it is in this run: what is seen moves by itself."""
    st.session_state[HELD] = True


def by_history() -> bool:
    """Whether this run comes from the browser's Back or Forward."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _begin(page: str) -> None:
    state = st.session_state
    state[SHOWN], state[PART], state[WHOLE], state[HELD] = {}, "", True, False
    if OPENED not in state or by_history():
        asked = {name: st.query_params.get_all(name)[:MOST] for name in st.query_params}
        state[ENTRY] = Entry(page, asked) if asked else None
    elif entry := state.get(ENTRY):
        entry.page = entry.page or page
        if entry.page != page:
            # another page was chosen before this one was drawn
            state[ENTRY] = Entry(page, {name: entry.asked[name] for name in SIDEBARS if name in entry.asked})
    state[OPENED] = True


def _asked(entry: Entry, name: str, kind: Kind, usual: Any) -> Any:
    texts = entry.asked.get(name)
    if texts is None:
        return usual
    try:
        return kind.read(texts)
    except NotShownError as reason:
        entry.refused[name] = str(reason)
    except (ValueError, OverflowError):
        entry.refused[name] = ""
    return usual


def _end(place: DeltaGenerator) -> None:
    """Write the address and say what of the opened one is not here: until what is seen changes."""
    state = st.session_state
    _write()
    entry: Entry | None = state.get(ENTRY)
    if entry:
        state[SAID] = dict(_texts()), _sentences(entry)
        state[ENTRY] = None
    address, sentences = state.get(SAID, ({}, []))
    if address != _texts():
        state.pop(SAID, None)
    elif sentences:
        messages.warn(" ".join(sentences), place)


def _write_alone() -> None:
    """Write the address at the end of a fragment that runs by itself; the whole page writes it at its own end."""
    if not st.session_state.get(WHOLE, True):
        _write()


def _write() -> None:
    texts = _texts()
    now = {name: st.query_params.get_all(name) for name in st.query_params}
    if texts != now and not st.session_state[HELD]:
        st.query_params.from_dict(texts)


def _texts() -> dict[str, list[str]]:
    shown = {name: each for part in st.session_state[SHOWN].values() for name, each in part.items()}
    found = {name: list(each.texts()) for name, each in shown.items()}
    return {name: texts or [""] for name, texts in found.items() if texts != shown[name].usual}


def _sentences(entry: Entry) -> list[str]:
    shown = {name: each for part in st.session_state[SHOWN].values() for name, each in part.items()}
    said = []
    for name, sentence in entry.refused.items():
        instead = ", ".join(shown[name].texts()) if name in shown else ""
        asked = _quoted(", ".join(entry.asked[name]))
        shows = f": the page shows {_quoted(instead)}" if instead else ""
        said.append(sentence or f"There is no {name} {asked} here{shows}.")
    unknown = [_quoted(name) for name in entry.asked if name not in entry.read]
    if unknown:
        more = f" and {len(unknown) - NAMED} more" if len(unknown) > NAMED else ""
        said.append(f"The address says {', '.join(unknown[:NAMED])}{more}, which this page does not show now.")
    return said


def _quoted(text: str) -> str:
    """The text, shortened, without what cannot be printed."""
    shown = "".join(character for character in text[: LONGEST + 1] if character.isprintable())
    return f"“{shown[:LONGEST]}…”" if len(text) > LONGEST else f"“{shown}”"
