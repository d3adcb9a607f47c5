"""Who may know whom, asserted from the imports."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {
    "errors": set(),
    "atomic": set(),
    "threads": set(),
    "data": {"errors", "atomic"},
    "models": {"data", "errors", "atomic"},
    "training": {"data", "models", "errors", "threads"},
    "checkpoints": {"data", "models", "training", "errors", "atomic"},
    "runs": {"data", "models", "training", "checkpoints", "errors", "atomic"},
    "inspection": {"data", "models", "checkpoints", "errors", "threads"},
    "evaluation": {"data", "models", "checkpoints", "errors", "atomic"},
    "charts": {"errors"},
    "launch": {"data", "models", "training", "checkpoints", "errors"},
    "ensembles": {"data", "models", "training", "checkpoints", "errors"},
    "cli_files": {"data", "checkpoints", "runs", "errors"},
    "cli": {
        "data",
        "models",
        "training",
        "checkpoints",
        "inspection",
        "evaluation",
        "launch",
        "ensembles",
        "cli_files",
        "errors",
    },
    "__main__": {"cli"},
}
FRONT = {
    "data",
    "models",
    "training",
    "checkpoints",
    "inspection",
    "evaluation",
    "charts",
    "runs",
    "launch",
    "ensembles",
    "errors",
    "atomic",
    "ui",
}


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
    return {name for name in names if (ROOT / "cnnlab" / name).is_dir() or (ROOT / "cnnlab" / f"{name}.py").exists()}


def room_of(file: Path) -> str:
    return file.relative_to(ROOT / "cnnlab").parts[0].removesuffix(".py")


CORE = [file for file in sorted((ROOT / "cnnlab").rglob("*.py")) if room_of(file) not in ("ui", "__init__")]


@pytest.mark.parametrize("file", CORE, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_room_uses_only_the_rooms_to_its_left(file):
    room = room_of(file)
    assert room in ROOMS, f"{room} is a new room: say in ROOMS whom it may know"
    assert rooms_used(file) <= ROOMS[room] | {room}


@pytest.mark.parametrize("file", CORE, ids=lambda file: str(file.relative_to(ROOT)))
def test_only_the_ui_imports_streamlit(file):
    assert not {name for name in imports(file) if name.startswith("streamlit")}


def test_charts_know_neither_torch_nor_streamlit():
    for file in (ROOT / "cnnlab" / "charts").glob("*.py"):
        assert not {name for name in imports(file) if name.split(".")[0] in ("torch", "torchvision", "streamlit")}, file


def test_training_libraries_of_the_core_stay_out_of_pages():
    for file in [ROOT / "app.py", *(ROOT / "pages").glob("*.py")]:
        assert not {name for name in imports(file) if name.split(".")[0] == "torch"}, file
        assert not {name for name in imports(file) if name.split(".")[0] == "pages"}, file
        assert rooms_used(file) <= FRONT


def test_nothing_uses_ui_or_pages():
    for file in CORE:
        assert not {name for name in imports(file) if name.split(".")[0] == "pages"}, file
        assert "ui" not in rooms_used(file), file


def test_the_layout_keeps_its_sizes():
    assert len((ROOT / "app.py").read_text().splitlines()) < 60
    for file in (ROOT / "pages").glob("*.py"):
        assert len(file.read_text().splitlines()) <= 150, file
    assert not list(ROOT.rglob("cnnlab/**/utils.py"))
