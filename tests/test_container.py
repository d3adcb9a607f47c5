"""The Dockerfile and the devcontainer agree with the lab: its folders, its port, how it is started."""

from __future__ import annotations

import json
import re

from streamlit import config

from cnnlab.common import paths

DOCKERFILE = (paths.LAB / "Dockerfile").read_text()
INSIDE = "/lab"


def instruction(name: str) -> str:
    return re.search(rf"^{name} (.+)$", DOCKERFILE, re.MULTILINE)[1]


def test_what_outlives_the_container_are_the_folders_that_the_lab_writes(monkeypatch):
    for variable in ("CNNLAB_CHECKPOINTS", "CNNLAB_DATA", "CNNLAB_NETWORKS", "CNNLAB_SWEEPS", "CNNLAB_CLASS_SET"):
        monkeypatch.delenv(variable, raising=False)
    volumes = json.loads(instruction("VOLUME"))
    written = [paths.checkpoints(), paths.data(), paths.networks(), paths.sweeps(), paths.classroom_set()]
    for folder in written:
        inside = f"{INSIDE}/{folder.relative_to(paths.LAB)}"
        assert any(inside == each or inside.startswith(f"{each}/") for each in volumes), folder


def test_the_start_command_is_streamlits_and_its_port_is_open():
    command = json.loads(re.findall(r"^CMD (.+)$", DOCKERFILE, re.MULTILINE)[-1])
    assert command[:3] == ["streamlit", "run", "app.py"] and (paths.LAB / "app.py").exists()
    known = config.get_config_options()
    assert all(name.removeprefix("--") in known for name in command[3::2])
    assert instruction("EXPOSE") == str(config.get_option("server.port"))
    assert json.loads((paths.LAB / ".devcontainer/devcontainer.json").read_text())["forwardPorts"] == [8501]


def test_nothing_that_the_lab_needs_is_left_out_of_the_image():
    left_out = set((paths.LAB / ".dockerignore").read_text().split())
    needed = {"app.py", "dashboard.py", "pages", "cnnlab", "checkpoints", "data", "requirements.txt", ".streamlit"}
    assert not left_out & needed and all((paths.LAB / each).exists() for each in needed)
