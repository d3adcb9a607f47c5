"""`torchrun … -m cnnlab train` as it is typed: stopped, gone on with, a process of it killed, gone on with alone."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from cnnlab.cli.commands import main
from cnnlab.runs import store

ROOT = Path(__file__).parents[2]
TORCHRUN = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "cnnlab", "train"]
# plain descent: Adam would make much of what is rounded otherwise
SETTINGS = "epochs=14 train_images=2000 batch_size=64 split=none optimizer=sgd learning_rate=0.01 ema=0.9 seed=5"
NEW = ["--recipe", "a0-simple-cnn", "--network", "lenet-5", "--device", "cpu"]
NEW += [part for each in SETTINGS.split() for part in ("--set", each)]


def started(arguments: list[str], out: Path) -> subprocess.Popen:
    command = [sys.executable, *TORCHRUN, *arguments, "--out", str(out)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def reached(out: Path, epoch: int, process: subprocess.Popen) -> Path:
    """The folder of the run that has kept this epoch."""
    while process.poll() is None:
        if found := list(out.glob(f"*/epoch-{epoch:03d}.safetensors")):
            return found[0].parent
        time.sleep(0.01)
    raise AssertionError(process.communicate()[1])


def killed(process: subprocess.Popen, rank: int) -> None:
    ranks = {each.environ().get("RANK"): each for each in psutil.Process(process.pid).children()}
    ranks[str(rank)].kill()


@pytest.mark.slow
def test_stopped_gone_on_with_killed_and_gone_on_with_alone(tmp_path, capsys):
    out = tmp_path / "shared"
    process = started(NEW, out)
    folder = reached(out, 3, process)
    assert not store.open_run(folder).can_go_on, "it is in training"
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=60)
    stopped = json.loads(told.splitlines()[-1])
    assert (stopped["state"], stopped["device"]) == ("stopped", "cpu, shared by 2 processes")
    assert len(told.splitlines()) == 1, "one process prints"
    reached_before = store.open_run(folder).results[-1].step

    process = started(["--resume", folder.name], out)
    reached(out, stopped["epochs"] + 4, process)
    killed(process, rank=1)
    told, said = process.communicate(timeout=60)
    assert process.returncode != 0 and told == ""
    assert "cnnlab: Rank 1 of the 2 processes that trained together is gone" in said
    assert f"Go on with `python -m cnnlab train --resume {folder.name}`" in said
    run = store.open_run(folder)
    assert run.outcome.state == "failed" and "Rank 1" in run.outcome.error and run.can_go_on
    assert run.results[-1].step > reached_before

    assert main(["train", "--resume", folder.name, "--out", str(out)]) == 0
    assert main(["train", *NEW, "--out", str(tmp_path / "alone")]) == 0
    shared, alone = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert shared["state"] == "finished" and shared["test_loss"] == pytest.approx(alone["test_loss"], rel=1e-3)
    ours, theirs = (store.open_run(each) for each in (folder, tmp_path / "alone" / alone["run"]))
    assert [step for step, _ in ours.record.losses] == list(range(1, 14 * 32 + 1)), "no step twice, none left out"
    pairs = zip(ours.record.losses, theirs.record.losses, strict=True)
    assert max(abs(one - other) / other for (_, one), (_, other) in pairs) < 0.01
    for epoch in (1, 10, 14):
        weights = [store.load(run, epoch).model.state_dict() for run in (ours, theirs)]
        assert all((weights[0][name] - value).abs().max() < 1e-3 for name, value in weights[1].items())
