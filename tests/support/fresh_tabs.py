"""A page opened at an address in a tab of its own, without a browser, and all that it shows."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from cnnlab.common import paths

FIRST = "train"  # stands at "/"
OWN = ("cnnlab_pen_follower",)  # elements that hold something of their tab alone


def tab(page: str, address: dict[str, Any] | None = None) -> AppTest:
    """A new session that opens `page` with this query; it needs the fixture through_app."""
    app = AppTest.from_file(str(paths.LAB / "dashboard.py"), default_timeout=60)
    app._page_hash = calc_hash("" if page == FIRST else page)  # switch_page wants a run before
    app.query_params = dict(address or {})
    app.run()
    assert not app.exception
    return app


def put(app: AppTest, key: str, value: Any) -> None:
    """Set the widget with this key, or what stands under the key where no widget has it: a click, a tab."""
    found = [each for each in app if getattr(each, "key", None) == key and hasattr(each, "set_value")]
    if found:
        found[0].set_value(value)
    else:
        app.session_state[key] = value


def shown(app: AppTest) -> list[tuple[str, Any]]:
    """What stands on the page and in the sidebar, element by element: texts, values, and what our elements draw."""
    found: list[tuple[str, Any]] = []
    for element in (*app.main, *app.sidebar):
        proto = getattr(element, "proto", None)
        if element.type == "bidi_component" and proto.component_name not in OWN:
            drawn = type(proto)()
            drawn.CopyFrom(proto)
            drawn.ClearField("id")
            found.append((drawn.component_name, drawn.SerializeToString(deterministic=True)))
        elif (value := getattr(element, "value", None)) is not None:
            found.append((element.type, str(value)))
    return found
