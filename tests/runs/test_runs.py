"""Looking after runs: names, the bin, one file to take along, comparison, TensorBoard."""

from __future__ import annotations

import io
import json
import pickle
import shutil
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from benchmarks.support.light_networks import LIGHT
from cnnlab import models
from cnnlab.errors import CnnlabError
from cnnlab.runs import archive as transfer
from cnnlab.runs import compare, folders, names, tensorboard
from cnnlab.runs import trash as run_bin
from cnnlab.runs.ownership import Owner
from cnnlab.runs.store import list_runs, load, open_run


@pytest.fixture
def root(trained, tmp_path):
    """A folder with one run that a test may change."""
    shutil.copytree(trained[0] / "small", tmp_path / "runs" / "small")
    return tmp_path / "runs"


@pytest.fixture
def run(root):
    return open_run(root / "small")


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.slow
def test_a_run_is_renamed_whole(run, root):
    before = contents(run.path)
    folder = folders.rename(run.path, " my best run ")
    assert folder == root / "my best run" and contents(folder) == before
    assert [each.name for each in list_runs(root)[0]] == ["my best run"]
    assert folders.rename(folder, "my best run") == folder, "its own name is no other run's"


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "a\\b", "-x", ".hidden", "a@2", "NUL", "com1.x", "x" * 61, "a."]
)
def test_a_name_that_no_folder_may_have_is_one_sentence(run, name):
    with pytest.raises(CnnlabError, match="A run cannot be called") as caught:
        folders.rename(run.path, name)
    assert "\n" not in str(caught.value) and run.path.exists()
    assert names.checked(names.cleaned(name)) == names.cleaned(name)


def test_a_taken_name_and_a_run_under_way_are_refused(run, root):
    shutil.copytree(run.path, root / "other")
    with pytest.raises(CnnlabError, match="already a run called other"):
        folders.rename(run.path, "other")
    before = contents(run.path)
    owner = Owner(run.path)
    with pytest.raises(CnnlabError, match="small is still training: stop it before it is renamed"):
        folders.rename(run.path, "new")
    with pytest.raises(CnnlabError, match="small is still training: stop it before it is deleted"):
        run_bin.delete(run.path)
    assert sorted(each.name for each in list_runs(root)[0]) == ["other", "small"]
    owner.release()
    assert contents(run.path) == before
    folders.rename(run.path, "new")


def test_a_deleted_run_comes_back_as_it_was(run, root):
    before = contents(run.path)
    deleted = run_bin.delete(run.path)
    assert list_runs(root) == ([], []) and run_bin.contents(root) == [deleted]
    assert deleted.bytes == sum(map(len, before.values()))
    assert run_bin.restore(deleted) == root / "small"
    assert contents(root / "small") == before and run_bin.contents(root) == []


def test_the_bin_keeps_runs_of_one_name_apart(run, root):
    copy = root.parent / "copy"
    shutil.copytree(run.path, copy)
    for _ in range(3):
        run_bin.delete(root / "small")
        shutil.copytree(copy, root / "small")
    assert len(run_bin.contents(root)) == 3
    assert run_bin.contents(root)[0].when > run_bin.contents(root)[2].when
    assert run_bin.restore(run_bin.contents(root)[0]) == root / "small-2", "its name is taken again"
    run_bin.empty(root)
    assert run_bin.contents(root) == []
    assert sorted(each.name for each in list_runs(root)[0]) == ["small", "small-2"]


def test_a_disk_that_refuses_leaves_the_run_where_it_was(run, monkeypatch):
    before = contents(run.path)

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    for act in (lambda: run_bin.delete(run.path), lambda: folders.rename(run.path, "new")):
        with pytest.raises(CnnlabError, match=r"small could not be moved \(Permission denied\).*it is as it was"):
            act()
    assert contents(run.path) == before


def test_an_exported_run_is_the_same_byte_for_byte_elsewhere(run, root, tmp_path):
    file = transfer.export(run, tmp_path)
    assert file == tmp_path / "small.zip" and zipfile.ZipFile(file).testzip() is None
    there = transfer.read(file, file.name, tmp_path / "elsewhere")
    assert contents(there.path) == contents(run.path)
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["small"], "nothing else is left behind"
    again = transfer.read(io.BytesIO(file.read_bytes()), "renamed.zip", root)
    assert again.name == "small-2" and load(again, 2).digest == load(run, 2).digest


def test_zipped_anew_by_hand_it_is_still_read(run, tmp_path):
    """Any zip program may have made it: compressed, and without the folder."""
    with zipfile.ZipFile(tmp_path / "by hand!.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in run.path.iterdir():
            archive.write(file, file.name)
    assert transfer.read(tmp_path / "by hand!.zip", "by hand!.zip", tmp_path / "there").name == "by hand"


def member(name: str, content: bytes = b"x", mode: int = 0):
    """Adds one more member to an archive."""

    def change(archive: zipfile.ZipFile) -> None:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        archive.writestr(entry, content)

    return change


def spoiled(run, change) -> bytes:
    content = io.BytesIO()
    transfer.write(run, content)
    with zipfile.ZipFile(content, "a") as archive:
        change(archive)
    return content.getvalue()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (member("../evil.safetensors"), "'../evil.safetensors' is neither"),
        (member("../epoch-009.safetensors"), "'../epoch-009.safetensors' is neither"),
        (member("/etc/epoch-009.safetensors"), "is neither"),
        (member("small/deep/epoch-009.safetensors"), "is neither"),
        (member("..\\epoch-009.safetensors"), "is neither"),
        (member("small/readme.txt"), "'small/readme.txt' is neither run.json nor an epoch"),
        (member("small/model.pt"), "'small/model.pt' may be a pickle"),
        (member("small/epoch-009.safetensors", b"/etc/passwd", stat.S_IFLNK | 0o777), "is neither"),
        (member("other/epoch-009.safetensors"), "more than one run"),
        (member("small/epoch-009.safetensors", pickle.dumps([1])), "epoch-009.safetensors is damaged or no cnnlab"),
        (member("small/epoch-009.safetensors", b"\xff" * 100), "epoch-009.safetensors is damaged or no cnnlab"),
    ],
)
def test_whatever_else_lies_in_the_file_is_refused_by_name(run, tmp_path, change, said):
    with pytest.raises(CnnlabError, match="small.zip was not imported: .*" + said.replace("\\", "\\\\")) as caught:
        transfer.read(io.BytesIO(spoiled(run, change)), "small.zip", tmp_path / "there")
    assert "\n" not in str(caught.value)
    assert list((tmp_path / "there").glob("**/*")) == [] and not (tmp_path / "evil.safetensors").exists()


def torch_file() -> bytes:
    content = io.BytesIO()
    torch.save({"w": torch.zeros(2)}, content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("weights.pt", torch_file(), "may be a pickle"),
        ("weights.zip", torch_file(), "may be a pickle"),  # what torch.save makes is a zip that holds a data.pkl
        ("weights.zip", pickle.dumps([1, 2]), "may be a pickle"),
        ("weights.pkl", b"anything", "may be a pickle"),
        ("notes.txt", b"hello", "no zip file"),
        ("empty.zip", b"", "no zip file"),
        ("cut.zip", b"PK\x03\x04 cut short", "no whole zip file"),
    ],
)
def test_other_files_are_refused_by_name(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    for file in (tmp_path / name, io.BytesIO(content)):
        with pytest.raises(CnnlabError, match=f"{name} was not imported: .*{said}") as caught:
            transfer.read(file, name, tmp_path / "there")
        assert "\n" not in str(caught.value)


def test_damaged_and_huge_archives_are_refused(run, tmp_path, monkeypatch):
    content = io.BytesIO()
    transfer.write(run, content)
    damaged = bytearray(content.getvalue())
    damaged[5_000] ^= 1
    with pytest.raises(CnnlabError, match="small.zip was not imported"):
        transfer.read(io.BytesIO(bytes(damaged)), "small.zip", tmp_path / "there")
    monkeypatch.setattr(transfer, "MOST_BYTES", 1_000_000)
    with pytest.raises(CnnlabError, match=r"MB unpack to 3 MB; of a file of this size at most 1 MB"):
        transfer.read(content, "small.zip", tmp_path / "there")
    monkeypatch.setattr(transfer, "MOST_MEMBERS", 2)
    with pytest.raises(CnnlabError, match="holds 4 files; at most 2"):
        transfer.read(content, "small.zip", tmp_path / "there")
    assert list((tmp_path / "there").glob("*")) == []


def test_a_record_that_pages_could_not_read_is_refused(run, tmp_path):
    record = json.loads((run.path / "run.json").read_text())
    for spoil in ({"losses": [["a", "b"]]}, {"classes": ["cat", "dog"]}, {"config": {"network": "resnet-9000"}}):
        (run.path / "run.json").write_text(json.dumps(record | spoil))
        content = io.BytesIO()
        transfer.write(run, content)
        with pytest.raises(CnnlabError, match="small.zip was not imported") as caught:
            transfer.read(content, "small.zip", tmp_path / "there")
        assert str(tmp_path) not in str(caught.value), "a temporary path helps nobody"


def test_export_needs_a_zip_it_can_write(run, tmp_path):
    with pytest.raises(CnnlabError, match="does not end in .zip"):
        transfer.export(run, tmp_path / "small.pt")
    with pytest.raises(CnnlabError, match="could not be written"):
        transfer.export(run, tmp_path / "missing" / "small.zip")


@pytest.mark.parametrize("name", [spec.name for spec in models.specs()])
def test_parameters_are_counted_from_the_header_alone(name, tmp_path):
    import safetensors.torch

    model = models.build(name, options=LIGHT.get(name, {}))
    safetensors.torch.save_file(dict(model.state_dict()), tmp_path / "file.safetensors")
    assert compare.parameters(tmp_path / "file.safetensors") == models.parameter_count(model)


def test_the_summary_says_what_the_run_says(run, trained):
    row, outcome = compare.summary(run), trained[1].recorder
    assert (row.name, row.state, row.epochs, row.network, row.dataset) == (
        "small",
        "finished",
        2,
        "simple-cnn",
        "mnist",
    )
    assert row.parameters == 215_370 and row.test_accuracy == run.outcome.test_accuracy
    assert row.bytes == sum(file.stat().st_size for file in run.path.iterdir()) and outcome.name == row.name
    assert row.matches("simple ADAM") and not row.matches("simple resnet")
    said = json.loads((run.path / "run.json").read_text())
    (run.path / "run.json").write_text(json.dumps({**said, "outcome": None}))
    reopened = open_run(run.path)
    assert compare.summary(reopened).state == "unfinished"
    owner = Owner(run.path)
    assert compare.summary(reopened).state == "training"
    owner.release()
    run.file(2).write_bytes(b"damaged")
    assert compare.summary(reopened).parameters is None and compare.summary(reopened).state == "damaged"


def test_settings_that_differ_come_first(run, root):
    shutil.copytree(run.path, root / "other")
    record = json.loads((root / "other" / "run.json").read_text())
    record["config"] |= {"learning_rate": 0.01, "seed": 7}
    (root / "other" / "run.json").write_text(json.dumps(record))
    rows = compare.settings([run, open_run(root / "other")])
    assert [(row.name, row.values) for row in rows if row.differs] == [
        ("learning_rate", ("0.001", "0.01")),
        ("seed", ("0", "7")),
    ]
    assert [row.differs for row in rows] == sorted((row.differs for row in rows), reverse=True)
    assert {row.name for row in rows} == set(run.config.as_dict())
    with pytest.raises(CnnlabError, match="nothing to compare"):
        compare.settings([])


def test_event_files_hold_the_runs_numbers_as_tensorboard_reads_them(run, root):
    assert tensorboard.write(run) == tensorboard.write(run) == root / ".tensorboard", "written anew, not twice"
    events = EventAccumulator(
        str(root / ".tensorboard" / "small"), size_guidance={"scalars": 0, "histograms": 0}
    ).Reload()
    losses = [(event.step, event.value) for event in events.Scalars("loss/each step")]
    np.testing.assert_allclose(losses, run.record.losses, rtol=1e-6)
    measured = [(event.step, event.value) for event in events.Scalars("accuracy/validation")]
    np.testing.assert_allclose(measured, [(each.step, each.val_accuracy) for each in run.record.evaluations], rtol=1e-6)
    assert events.Scalars("test/accuracy")[0].value == pytest.approx(run.outcome.test_accuracy)
    weights = events.Histograms("weights/conv1.weight")
    assert [event.step for event in weights] == [row.step for row in run.results]
    first = load(run, 0).model.conv1.weight
    assert weights[0].histogram_value.num == first.numel()
    assert weights[0].histogram_value.sum == pytest.approx(first.double().sum().item(), rel=1e-5)
    assert list_runs(root)[1] == [], "the folder is not taken for a run"
