"""The command that starts the dashboard."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

from cnnlab.cli.commands import main
from cnnlab.common import paths

ROOT = Path(__file__).parents[2]


def test_it_hands_its_arguments_to_streamlit(monkeypatch, tmp_path):
    started = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setattr(runpy, "run_module", lambda module, **_: started.append((module, *sys.argv[1:])))
    assert main(["lab", "--server.port", "8600", "--server.headless", "true"]) == 0
    assert started == [("streamlit", "run", str(ROOT / "app.py"), "--server.port", "8600", "--server.headless", "true")]


def test_class_opens_it_to_the_network(monkeypatch):
    started = []
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setattr(runpy, "run_module", lambda module, **_: started.append(sys.argv[1:]))
    assert main(["class", "--server.port", "8600"]) == 0
    assert started == [["run", str(ROOT / "app.py"), "--server.address", "0.0.0.0", "--server.port", "8600"]]


def test_streamlit_can_be_started_so_from_another_folder(tmp_path):
    command = [sys.executable, "-m", "cnnlab", "lab", "--help"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert result.stdout.startswith("Usage: streamlit run")


def test_a_lab_that_is_not_there_is_a_sentence(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(paths, "LAB", tmp_path)
    assert main(["lab"]) == 1
    assert capsys.readouterr().err.startswith(f"cnnlab: There is no {tmp_path / 'app.py'}: install cnnlab again")


def test_it_stands_in_the_list_of_commands(capsys):
    try:
        main(["--help"])
    except SystemExit as end:
        assert end.code == 0
    assert "start the dashboard" in capsys.readouterr().out
