"""Fixtures on the real MNIST that ships with the repository."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path

import pytest
import torch
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager
from torchvision.datasets import MNIST

from cnnlab.classroom.roles import Role
from cnnlab.common import paths
from cnnlab.data import datasets
from cnnlab.data.datasets import custom
from cnnlab.data.datasets import mnist as mnist_files
from cnnlab.data.splits import Split
from cnnlab.runs import launch
from cnnlab.training.config import TrainConfig
from cnnlab.ui.cache import loaders
from cnnlab.ui.state import visitor
from tests.support.digit_folders import INK, write_digits
from tests.support.prepared import trained_to_the_end


def pytest_configure(config: pytest.Config) -> None:
    """One thread for every process: workers with two each wait for one another, at double the processor time.

    MNIST is extracted before the workers start: on a clean clone they would do it at once. What was compiled is kept,
    even where the system is set not to: dozens of processes would compile hundreds of modules again.
    """
    os.environ["OMP_NUM_THREADS"] = "1"  # for the workers and whatever tests start
    torch.set_num_threads(1)  # here
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    if not hasattr(config, "workerinput"):
        mnist_files.make_ready(MNIST, paths.shipped_data())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark `quick` what runs without a browser and is not marked `slow`."""
    browser = Path(__file__).parent / "browser"
    for item in items:
        if browser not in item.path.parents and not item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.quick)


@pytest.fixture(scope="session", autouse=True)
def _packages_are_searched_once():
    """Every AppTest searches all installed packages for components: half of the time that tests of pages took."""
    with pytest.MonkeyPatch.context() as patch:
        once = functools.cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture(autouse=True)
def _at_the_machine(monkeypatch):
    """AppTest asks no server, so no guard says who looks: it is the one at the machine."""
    monkeypatch.setattr(visitor, "role", lambda: Role.HERE)


@pytest.fixture(scope="session")
def mnist():
    """(train, test) whole."""
    return datasets.load("mnist")


@pytest.fixture(scope="session")
def small(mnist):
    """2,000 images to train on, 500 to validate, 1,000 to test: real digits, seconds to train."""
    train, test = mnist
    return Split(train.part(0, 2_000), train.part(55_000, 55_500), test.part(0, 1_000))


@pytest.fixture
def config():
    """SimpleCNN for two short epochs on the CPU."""
    return TrainConfig(epochs=2, batch_size=100, eval_every=7, eval_images=200, device="cpu")


@pytest.fixture(scope="session")
def trained(small, tmp_path_factory):
    """(folder that holds one run, its Session), trained for two epochs."""
    root = tmp_path_factory.mktemp("checkpoints")
    config = TrainConfig(recipe="small", epochs=2, batch_size=100, device="cpu")
    return root, trained_to_the_end(config, small, root)


@pytest.fixture
def through_app(monkeypatch):
    """AppTest forgets before every run that st.navigation was called, and would run the page without app.py.

    The runner is a new one: what another test trained last would be proposed.
    """
    loaders.runner.clear()
    plain = PagesManager.__init__

    def remembering(self, *args, **kwargs):
        plain(self, *args, **kwargs)
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", remembering)


@pytest.fixture(scope="session")
def colours(mnist, tmp_path_factory):
    """(folder of runs, folder of data): the run "colour" trained on own colour pictures of the digits 4, 7 and 9."""
    root, place = tmp_path_factory.mktemp("colour runs"), tmp_path_factory.mktemp("colour data")
    names = dict(zip((4, 7, 9), INK, strict=True))
    write_digits(place / "pictures" / "train", mnist[0], 60, names, colour=True)
    write_digits(place / "pictures" / "test", mnist[1], 20, names, colour=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNLAB_DATA", str(place))
        custom.add(place / "pictures", "colours")
        config = TrainConfig(
            recipe="colour", dataset="folder:colours", epochs=2, batch_size=30, eval_every=3, device="cpu"
        )
        run = launch.prepare(config, root)
    session = run.loop(run.open_recorder())
    session.begin()
    while not session.trainer.done:
        session.advance()
    session.finish(stopped=False)
    session.recorder.close()
    return root, place
