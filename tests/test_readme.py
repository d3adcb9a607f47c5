"""The README's promises that a test can hold."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from cnnlab.data import datasets
from cnnlab.lessons import lesson_file
from cnnlab.runs import store
from cnnlab.runs.export.network_file import export_network

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
MEASURED = (ROOT / "docs" / "measured.md").read_text()


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


def test_its_lesson_is_one(tmp_path):
    file = tmp_path / "7-edges.md"
    file.write_text(re.search(r"<!-- lesson -->\n```md\n(.*?)```", README, re.DOTALL)[1])
    found = lesson_file.read(file, {"kernels"})
    assert found.minutes == 10 and found.steps[0].truth == 1 and found.steps[0].revealed.query["epoch"] == ("3",)


def test_every_benchmark_it_names_exists():
    for name in re.findall(r"python -m benchmarks\.(\w+)", README + MEASURED):
        assert (ROOT / "benchmarks" / f"{name}.py").exists(), name


def test_every_library_of_the_requirements_is_explained():
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            assert re.split("[>=<]", line)[0] in README, line


@pytest.mark.slow
def test_its_ten_lines_read_a_digit(tmp_path):
    lines = re.search(r"<!-- onnx example -->\n```python\n(.*?)```", README, re.DOTALL)[1]
    assert len(re.findall(r"^.+$", lines, re.MULTILINE)) == 10
    checkpoint = store.load(*store.find_run("draw", ROOT / "checkpoints"))
    export_network(checkpoint, "onnx", tmp_path / "draw.onnx")
    test = datasets.load("mnist")[1]
    for number in (0, 1, 2):
        Image.fromarray(test.images[number, 0].numpy()).save(tmp_path / "digit.png")
        done = subprocess.run([sys.executable, "-c", lines], cwd=tmp_path, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == str(test.labels[number].item())
