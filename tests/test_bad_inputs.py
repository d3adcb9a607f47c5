"""Over two thousand bad inputs, made by a seed, for every loader and the command line: one sentence or a sound result.

No traceback, no pickle, nothing written where it does not belong, and nothing accepted that breaks a page.
"""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterable

import numpy as np
import pytest
import safetensors.torch
import torch
from PIL import Image
from safetensors import safe_open
from streamlit.testing.v1 import AppTest

from cnnlab.cli.commands import main
from cnnlab.common import paths
from cnnlab.data import datasets
from cnnlab.data.datasets import custom
from cnnlab.data.datasets.image_folders import read_image_folders
from cnnlab.data.drawing import classroom_set
from cnnlab.data.drawing.photographs import read_picture
from cnnlab.data.image_decoding import fitted
from cnnlab.errors import CnnlabError
from cnnlab.evaluation import sweep_files
from cnnlab.evaluation.shifts import Sweep
from cnnlab.models import custom_store
from cnnlab.runs import archive, store
from cnnlab.training.config import TrainConfig
from tests.support.bad_inputs import STRANGE, WORDS, spoiled_bytes, spoiled_json
from tests.support.digit_folders import write_digits

PAGES = sorted(each.name for each in (paths.LAB / "pages").glob("*.py"))


def tried(act: Callable, inputs: Iterable) -> tuple[int, int]:
    """(how many were refused in one sentence, how many taken). Whatever else `act` raises fails the test."""
    refused = taken = 0
    for each in inputs:
        try:
            act(each)
            taken += 1
        except CnnlabError as error:
            refused += 1
            said = str(error)
            assert said.strip() and "\n" not in said and len(said) < 2_000, said[:300]
    return refused, taken


@pytest.fixture
def run_folder(trained, tmp_path, monkeypatch):
    """The folder of a run, alone in the folder of runs."""
    shutil.copytree(trained[0] / "small", tmp_path / "runs" / "small")
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path / "runs"))
    return tmp_path / "runs" / "small"


def test_records(run_folder):
    file = run_folder / "run.json"
    said = json.loads(file.read_text())
    said["losses"], said["evaluations"] = said["losses"][:3], said["evaluations"][:3]

    def act(text):
        file.write_text(text)
        run = store.open_run(run_folder)
        run.best_epoch, run.name, run.outcome and run.outcome.sentence  # noqa: B018

    refused, taken = tried(act, spoiled_json(said, 500, seed=1))
    assert refused > 200 and taken > 20


@pytest.mark.parametrize("spoil", ["metadata", "bytes"])
def test_weight_files(run_folder, spoil):
    file = run_folder / "epoch-002.safetensors"
    with safe_open(file, "pt") as content:
        metadata = content.metadata()
    tensors, whole = safetensors.torch.load_file(file), file.read_bytes()

    def of_metadata():
        said = {key: json.loads(metadata[key]) for key in ("config", "classes", "image_shape", "epoch")}
        for text in spoiled_json(said, 150, seed=2):
            try:
                changed = json.loads(text)
            except (ValueError, RecursionError):
                continue
            if isinstance(changed, dict):
                texts = {str(key): json.dumps(value) for key, value in changed.items()}
                yield safetensors.torch.save(tensors, {**metadata, **texts})

    def act(content):
        file.write_bytes(content)
        assert store.load_file(file).model(torch.zeros(1, 1, 28, 28)).shape == (1, 10)

    refused, _ = tried(act, of_metadata() if spoil == "metadata" else spoiled_bytes(whole, 150, seed=3))
    assert refused > 30


def test_run_zips(run_folder, tmp_path):
    content = io.BytesIO()
    archive.write(store.open_run(run_folder), content, epochs=[2])
    root = tmp_path / "there"

    def act(content):
        shutil.rmtree(archive.read(io.BytesIO(content), "run.zip", root).path)

    refused, _ = tried(act, spoiled_bytes(content.getvalue(), 200, seed=4))
    assert refused > 100 and list(root.glob("**/*")) == []


def test_states(run_folder, tmp_path):
    file = run_folder / store.STATE
    whole = safetensors.torch.save({"model.w": torch.zeros(3)}, {"facts": "{}"})

    def act(content):
        file.write_bytes(content)
        store.load_state(store.open_run(run_folder))

    assert tried(act, spoiled_bytes(whole, 100, seed=5))[0] > 20


def digits_zip(mnist, tmp_path) -> bytes:
    write_digits(tmp_path / "digits", mnist[1], 4, {4: "4", 7: "7"})
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted((tmp_path / "digits").rglob("*.png")):
            packed.write(file, file.relative_to(tmp_path / "digits").as_posix())
    return content.getvalue()


def test_zips_of_classes(mnist, tmp_path):
    whole = digits_zip(mnist, tmp_path)
    refused, _ = tried(lambda content: read_image_folders(io.BytesIO(content), "z.zip"), spoiled_bytes(whole, 200, 6))
    assert refused > 50


def test_custom_data_sets(mnist, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path / "data"))
    custom.add(io.BytesIO(digits_zip(mnist, tmp_path)), "d.zip", "d")
    file = custom.file_of("folder:d")
    whole = file.read_bytes()

    def act(content):
        file.write_bytes(content)
        custom.describe("folder:d")
        datasets.images_of("folder:d")

    assert tried(act, spoiled_bytes(whole, 150, seed=7))[0] > 30


def pictures() -> Iterable[bytes]:
    ink = np.zeros((60, 60), np.uint8)
    ink[10:50, 28:34] = 255
    for mode, kind in (("L", "PNG"), ("RGB", "JPEG"), ("RGBA", "PNG"), ("P", "GIF"), ("RGB", "BMP"), ("RGB", "WEBP")):
        content = io.BytesIO()
        Image.fromarray(ink).convert(mode).save(content, kind)
        yield content.getvalue()
    content = io.BytesIO()
    Image.fromarray(ink.astype(np.uint16) * 257).save(content, "PNG")
    yield content.getvalue()


@pytest.mark.parametrize("act", [read_picture, lambda content: fitted(content, "p", (3, 20, 30))], ids=["read", "fit"])
def test_pictures(act):
    bad = (each for seed, whole in enumerate(pictures()) for each in spoiled_bytes(whole, 45, seed))
    assert tried(act, bad)[0] > 60


def test_the_classrooms_set(tmp_path):
    file = tmp_path / "drawings.npz"
    whole = classroom_set.add(np.full((28, 28), 9, np.uint8), 4, "anna", file).to_bytes()
    tried(
        lambda content: classroom_set.upload("set.npz", content, tmp_path / "other.npz"), spoiled_bytes(whole, 150, 8)
    )
    for name, value in (("names", np.array("x")), ("ids", np.array(3)), ("images", np.array("x")), ("labels", None),
                        ("labels", np.array([[4]])), ("images", np.zeros((1, 10**6, 0), np.uint8))):  # fmt: skip
        with np.load(io.BytesIO(whole)) as arrays:
            changed = dict(arrays) | {name: value}
        content = io.BytesIO()
        np.savez(content, **{key: array for key, array in changed.items() if array is not None})
        assert tried(lambda c: classroom_set.upload("set.npz", c, tmp_path / "other.npz"), [content.getvalue()])[0] == 1
    text = io.BytesIO()
    with zipfile.ZipFile(text, "w") as packed:
        packed.writestr("images.npy", "just words")
    assert (
        tried(lambda c: classroom_set.upload("set.npz", c, tmp_path / "other.npz"), [text.getvalue(), b"", b"PK"])[0]
        == 3
    )


def test_sweeps(tmp_path):
    kept = Sweep(**{name: np.zeros(3) for name in Sweep.__dataclass_fields__})
    sweep_files.write("key", kept, tmp_path)
    (file,) = tmp_path.iterdir()
    for content in spoiled_bytes(file.read_bytes(), 100, seed=9):
        file.write_bytes(content)
        found = sweep_files.read("key", Sweep, tmp_path)
        assert found is None or isinstance(found, Sweep)


def test_networks(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNLAB_NETWORKS", str(tmp_path))
    layers = [{"kind": "conv", "channels": 4}, {"kind": "dropout", "p": 0.5}, {"kind": "linear", "units": 5}]
    file = tmp_path / "net.json"

    def act(text):
        file.write_text(text)
        custom_store.choices()
        custom_store.load("net")

    refused, _ = tried(act, spoiled_json({"schema": 1, "layers": layers}, 200, seed=10))
    assert refused > 100


def test_settings(tmp_path):
    known = TrainConfig().as_dict()
    changes = [{name: value} for name in known for value in STRANGE]
    refused, taken = tried(lambda each: TrainConfig.from_dict(known | each), changes)
    assert refused > 700 and taken > 20
    assert (
        tried(lambda each: TrainConfig().replace(**each), [{name: word} for name in known for word in WORDS])[0] > 700
    )


@pytest.mark.parametrize(
    "command",
    [
        ["train", "--recipe", "?", "--out", "OUT"],
        ["train", "--recipe", "a0-simple-cnn", "--set", "epochs=?", "--out", "OUT"],
        ["train", "--recipe", "a0-simple-cnn", "--set", "?=1", "--out", "OUT"],
        ["train", "--recipe", "a0-simple-cnn", "--network", "?", "--out", "OUT"],
        ["train", "--recipe", "a0-simple-cnn", "--device", "?", "--out", "OUT"],
        ["train", "--resume", "?", "--out", "OUT"],
        ["evaluate", "?"],
        ["export", "?", "OUT"],
        ["import", "?"],
        ["add-data", "?"],
        ["add-data", "OUT", "--name", "?"],
        ["ensemble", "no?", "small"],
        ["?"],
    ],
    ids=lambda command: " ".join(command[:4]),
)
def test_the_command_line(run_folder, tmp_path, monkeypatch, capsys, command):
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path / "data"))
    out = tmp_path / "out"
    out.mkdir()
    before = set(tmp_path.rglob("*"))
    for word in WORDS:
        arguments = [part.replace("?", word).replace("OUT", str(out)) for part in command]
        try:
            status = main(arguments)
        except SystemExit as end:  # argparse
            status = end.code
        said = capsys.readouterr().err
        assert "Traceback" not in said and (status in (0, 1, 2)), arguments
    left = set(tmp_path.rglob("*")) - before
    assert all(path.is_relative_to(out) or path.is_relative_to(tmp_path / "data") for path in left), left
    assert paths.checkpoints() == run_folder.parent


@pytest.mark.slow
def test_no_page_is_broken_by_a_run_that_was_let_in(run_folder, through_app):
    """Of many spoiled records those that are taken are opened on all pages that read records."""
    file = run_folder / "run.json"
    whole = json.loads(file.read_text())
    taken = []
    for text in spoiled_json(
        {**whole, "losses": whole["losses"][:3], "evaluations": whole["evaluations"][:3]}, 400, 11
    ):
        file.write_text(text)
        try:
            store.open_run(run_folder)
            taken.append(text)
        except CnnlabError:
            continue
    assert len(taken) >= 6
    for number, text in enumerate(taken[:6]):
        file.write_text(text)
        app = AppTest.from_file(str(paths.LAB / "dashboard.py"), default_timeout=60).run()
        for page in PAGES if number == 0 else ("train.py", "runs.py", "kernels.py"):
            assert not app.switch_page(f"pages/{page}").run().exception, (page, text[:500])
