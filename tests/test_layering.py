"""Who may know whom, asserted from the imports, with no edge allowed that nobody uses."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAB = ROOT / "cnnlab"
MAY_KNOW = {
    "errors": set(),
    "common": {"errors"},
    "data": {"errors", "common"},
    "models": {"errors", "common", "data"},
    "training": {"errors", "common", "data", "models"},
    "runs": {"errors", "common", "data", "models", "training"},
    "inspection": {"errors", "common", "data", "models"},
    "evaluation": {"errors", "common", "data", "models"},
    "charts": set(),
    "films": {"common", "charts"},
    "report": {"errors", "common", "data", "models", "training", "runs", "inspection", "evaluation", "charts"},
    "classroom": {"errors", "data"},
    "lessons": {"errors", "common", "classroom"},
    "studies": {"errors", "common", "data", "models", "training", "runs"},
    "cli": {"errors", "common", "data", "models", "training", "runs", "studies", "evaluation", "report"},
    "__main__": {"cli"},
    "ui": {
        "errors",
        "common",
        "data",
        "models",
        "training",
        "runs",
        "studies",
        "inspection",
        "evaluation",
        "charts",
        "classroom",
        "lessons",
        "report",
        "films",
    },
}
FILES_BESIDE = {"wording", "messages"}
SHARED_UI = {"state", "cache", "components", "shell", *FILES_BESIDE}


def imports(file: Path) -> set[str]:
    """Dotted names that a file imports, `from a import b` counted as a and a.b."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: import by the full name"
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms_used(file: Path) -> set[str]:
    names = {name.split(".")[1] for name in imports(file) if name.startswith("cnnlab.")}
    return {name for name in names if (LAB / name).is_dir() or (LAB / f"{name}.py").exists()}


def room_of(file: Path) -> str:
    return file.relative_to(LAB).parts[0].removesuffix(".py")


FILES = [file for file in sorted(LAB.rglob("*.py")) if file != LAB / "__init__.py"]
CORE = [file for file in FILES if room_of(file) != "ui"]


def test_a_room_knows_the_rooms_it_may_and_each_of_them():
    edges = defaultdict(set)
    for file in FILES:
        edges[room_of(file)] |= rooms_used(file) - {room_of(file)}
    assert {room: edges[room] for room in MAY_KNOW} == MAY_KNOW
    assert set(edges) <= set(MAY_KNOW), "a new room: say in MAY_KNOW whom it may know"


@pytest.mark.parametrize("room", sorted(MAY_KNOW))
def test_only_the_ui_imports_streamlit(room):
    for file in CORE:
        if room_of(file) == room:
            assert not {name for name in imports(file) if name.startswith("streamlit")}, file


def test_charts_do_not_know_torch():
    for file in (LAB / "charts").glob("*.py"):
        assert not {name for name in imports(file) if name.split(".")[0] in ("torch", "torchvision")}, file


def test_a_pages_folder_knows_no_other_pages_folder():
    for file in (LAB / "ui").rglob("*.py"):
        own = file.relative_to(LAB / "ui").parts[0].removesuffix(".py")
        used = {name.split(".")[2] for name in imports(file) if name.startswith("cnnlab.ui.")}
        used = {name for name in used if (LAB / "ui" / name).is_dir() or (LAB / "ui" / f"{name}.py").exists()}
        assert used <= SHARED_UI | {own} or own == "__init__", f"{file} knows {used - SHARED_UI - {own}}"
        if own in SHARED_UI:
            assert used <= SHARED_UI, file


def test_every_page_has_a_folder_of_its_name():
    pages = {file.stem for file in (ROOT / "pages").glob("*.py")}
    folders = {folder.name for folder in (LAB / "ui").iterdir() if (folder / "__init__.py").exists()}
    assert folders == pages | SHARED_UI - FILES_BESIDE


def test_pages_do_no_arithmetic_and_know_no_other_page():
    for file in [ROOT / "app.py", ROOT / "dashboard.py", *(ROOT / "pages").glob("*.py")]:
        assert not {name for name in imports(file) if name.split(".")[0] in ("torch", "pages")}, file


def test_nothing_uses_ui_or_pages():
    for file in CORE:
        assert not {name for name in imports(file) if name.split(".")[0] == "pages"}, file
        assert "ui" not in rooms_used(file), file


def test_the_layout_keeps_its_sizes():
    assert len((ROOT / "app.py").read_text().splitlines()) < 40
    assert len((ROOT / "dashboard.py").read_text().splitlines()) < 60
    for file in (ROOT / "pages").glob("*.py"):
        assert len(file.read_text().splitlines()) <= 60, file
    assert not list(ROOT.rglob("cnnlab/**/utils.py"))


def test_no_two_files_have_one_name():
    places = defaultdict(list)
    for file in [*FILES, *(ROOT / "pages").glob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]:
        places[file.stem].append(str(file.relative_to(ROOT)))
    shared = {name: files for name, files in places.items() if len(files) > 1}
    # a page, and what is measured of it
    assert set(shared) == {"__init__", "registry", "classroom"}, shared
