"""What `pip install .` brings along: every file that the package and the lab need."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from pathlib import Path

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10, where pytest brings it
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]


def tracked(*places: str) -> set[str]:
    found = subprocess.run(["git", "ls-files", *places], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return set(found.splitlines())


def test_every_file_beside_the_code_is_package_data():
    covered = set()
    for package, patterns in SETUPTOOLS["package-data"].items():
        folders = [ROOT / package.replace(".", "/")]
        if package == "*":
            folders = [file.parent for file in (ROOT / "cnnlab").rglob("__init__.py")]
        found = {file for folder in folders for pattern in patterns for file in folder.glob(pattern)}
        covered |= {file.relative_to(ROOT).as_posix() for file in found}
    assert covered == {file for file in tracked("cnnlab") if not file.endswith(".py")}


def test_every_folder_of_code_is_a_package():
    folders = {str(Path(file).parent) for file in tracked("cnnlab") if file.endswith(".py")}
    assert all((ROOT / folder / "__init__.py").exists() for folder in folders)


def test_every_file_of_the_lab_is_installed_where_a_checkout_has_it():
    installed = defaultdict(set)
    for folder, patterns in SETUPTOOLS["data-files"].items():
        inside = Path(folder).relative_to("share/cnnlab").as_posix()
        installed[inside] |= {file.relative_to(ROOT).as_posix() for each in patterns for file in ROOT.glob(each)}
    expected = defaultdict(set)
    for file in tracked("app.py", "dashboard.py", ".streamlit", "pages", "lessons", "data", "checkpoints"):
        expected[Path(file).parent.as_posix()].add(file)
    assert installed == expected
