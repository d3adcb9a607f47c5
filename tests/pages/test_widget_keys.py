"""Widget keys: one session state serves all pages, so a key begins with its page's name, or says that it is shared."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
UI = ROOT / "cnnlab" / "ui"
PAGES = sorted(file.stem for file in (ROOT / "pages").glob("*.py"))
SHARED = {"state", "cache", "components", "shell", "wording"}  # rooms whose widgets several pages show
COMPONENTS = [file.stem for file in (UI / "components").glob("*.py") if file.stem != "__init__"]
DRAWN_UNDER_A_KEY = {"draw": 1, "form": 0}  # calls that take a key by place: where it stands
NO_WIDGETS = {"max", "min", "sorted"}  # their key= is a function
VIEWS = {
    "architectures": ("architectures_view", ["Compare two", "Build your own"]),
    "confusion": ("confusion_view", ["Report", "Gallery", "Certainty", "Map of points"]),
    "convolution": ("convolution_view", ["A digit", "Several channels", "ReLU and pooling"]),
    "data": ("data_view", ["One image", "Mean and spread", "Averages", "Splits", "Augmentation"]),
    "feature_maps": ("feature_maps_view", ["All layers", "Compare digits", "Which pixels mattered"]),
    "kernels": ("kernels_part", ["Knock it out"]),
    "shift": ("shift_view", ["Test set", "Side by side", "Other disturbances"]),
    "train": (
        "train_section",
        ["Data set", "Network", "Schedule and optimiser", "Averaging and stopping", "Earlier runs", "Faults"],
    ),
}


class Keys:
    """The beginnings of all keys that a file gives to widgets, as far as they can be read from its text."""

    def __init__(self, file: Path):
        self.tree = ast.parse(file.read_text())
        self.values: dict[str, list[ast.expr]] = defaultdict(list)  # by name, whatever is assigned to it
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._assign(target, node.value)
            elif isinstance(node, ast.FunctionDef):
                self.values[node.name] += [each.value for each in ast.walk(node) if isinstance(each, ast.Return)]
        self.found = {text for text in self._texts() if text}

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.values[target.id].append(value)
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for each, part in zip(target.elts, value.elts, strict=False):
                self._assign(each, part)

    def _texts(self) -> Iterable[str]:
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name == "remember":
                yield from (each.arg for each in node.keywords if each.arg)
                for each in node.keywords:
                    if isinstance(each.value, ast.Dict):
                        yield from (self._beginning(key) for key in each.value.keys if key)
            if name in NO_WIDGETS:
                continue
            yield from (self._beginning(each.value) for each in node.keywords if each.arg == "key")
            at = DRAWN_UNDER_A_KEY.get(name)
            if at is not None and len(node.args) > at:
                yield self._beginning(node.args[at])

    def _beginning(self, node: ast.expr | None) -> str:
        """The text that an expression begins with; "" where that cannot be read from the file."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        if isinstance(node, ast.JoinedStr):
            parts = [self._beginning(part) for part in node.values]
            return "".join(parts[: parts.index("")] if "" in parts else parts)
        if isinstance(node, ast.FormattedValue):
            return self._beginning(node.value)
        if isinstance(node, ast.BinOp):
            return self._beginning(node.left)
        if isinstance(node, ast.Call):
            return self._beginning(node.func)
        if isinstance(node, ast.Name):
            return next(filter(None, (self._beginning(value) for value in self.values.pop(node.id, []))), "")
        return ""


def files() -> dict[str, list[Path]]:
    """By page: its own file and those of its folder."""
    return {page: [ROOT / "pages" / f"{page}.py", *(UI / page).rglob("*.py")] for page in PAGES}


@pytest.mark.parametrize("page", PAGES)
def test_the_keys_in_a_pages_files_begin_with_its_name(page):
    found = {key for file in files()[page] for key in Keys(file).found}
    assert found, "it does find them"
    assert not {key for key in found if not key.startswith(f"{page}_")}


def test_the_keys_of_what_pages_share_say_so():
    found = {(file.stem, key) for room in SHARED for file in (UI / room).glob("*.py") for key in Keys(file).found}
    assert len(found) >= 8, "it does find them"
    assert not {(name, key) for name, key in found if not key.startswith(("shared_", f"{name}_"))}


def drawn(app: AppTest) -> set[str]:
    """The keys of all that is drawn: Streamlit appends them to the ids of elements."""
    ids = [getattr(getattr(element, "proto", None), "id", "") for element in app]
    matches = [re.match(r"\$\$ID-[0-9a-f]+-(?:FormSubmitter:)?(.+)", each) for each in ids if isinstance(each, str)]
    return {match[1] for match in matches if match and match[1] != "None"}


@pytest.mark.parametrize(
    ("page", "view"),
    [
        pytest.param(page, view, marks=[pytest.mark.slow] if view else [])
        for page in PAGES
        for view in (None, *VIEWS.get(page, ("", []))[1])
    ],
)
def test_what_a_page_draws_carries_its_name(page, view, trained, tmp_path, monkeypatch, through_app):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    monkeypatch.setenv("CNNLAB_SWEEPS", str(tmp_path))
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    if view:
        app.session_state[VIEWS[page][0]] = view
    app.run().switch_page(f"pages/{page}.py").run()
    assert not app.exception
    found = drawn(app)
    assert {key for key in found if key.startswith(f"{page}_")}, "it does find them"
    shared = ("shared_", *(f"{name}_" for name in COMPONENTS))
    assert not {key for key in found if not key.startswith((f"{page}_", *shared))}
