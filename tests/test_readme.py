"""The README's promises that a test can hold."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def command(name: str) -> str:
    return re.search(rf"<!-- {name} command -->\n```sh\n(.*)\n```", README)[1]


def test_the_two_commands_are_one_line_each_and_use_what_is_there():
    start, test = command("start"), command("test")
    assert start.endswith("streamlit run app.py") and "-r requirements.txt" in start
    assert test.endswith("-m pytest") and "-r requirements-dev.txt" in test
    assert (ROOT / "requirements.txt").exists() and (ROOT / "requirements-dev.txt").exists()


def test_ci_runs_the_very_test_command():
    script = (ROOT / ".ci" / "run").read_text()
    awk = re.search(r"\$\((awk '.*?' README.md)\)", script, re.DOTALL)[1]
    found = subprocess.run(["bash", "-c", awk], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    assert found == command("test")


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(((?!http)[^)]+)\)", README))))
def test_what_it_links_to_exists(target):
    assert (ROOT / target).exists()


def test_every_page_is_in_the_tour():
    titles = dict(re.findall(r'st\.Page\("(pages/\w+\.py)", title="([^"]+)"', (ROOT / "dashboard.py").read_text()))
    assert set(titles) == {f"pages/{file.name}" for file in (ROOT / "pages").glob("*.py")}
    for title in titles.values():
        assert f"**{title}.**" in README, title


def test_every_benchmark_it_names_exists():
    for name in re.findall(r"python -m benchmarks\.(\w+)", README):
        assert (ROOT / "benchmarks" / f"{name}.py").exists(), name


def test_every_library_of_the_requirements_is_explained():
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            assert re.split("[>=<]", line)[0] in README, line
