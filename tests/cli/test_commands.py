"""The command line as a script sees it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnlab import models
from cnnlab.cli.commands import main
from cnnlab.runs import store

ROOT = Path(__file__).parents[2]


@pytest.fixture
def here(trained, monkeypatch):
    """Runs are looked for in the trained fixture's folder."""
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    return trained


def last_line(capsys) -> dict:
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


NAME = "lenet-5-epochs-1-batch-500-lr-0.003-seed-3"  # after the recipe and what differs from it


@pytest.mark.slow
def test_train_then_evaluate_in_processes_of_their_own(tmp_path):
    """The two documented commands; stdout must end with one JSON object and progress must stay on stderr."""
    train = [
        sys.executable,
        "-m",
        "cnnlab",
        "train",
        "--recipe",
        "a0-simple-cnn",
        "--network",
        "lenet-5",
        "--epochs",
        "1",
        "--seed",
        "3",
        "--device",
        "cpu",
        "--set",
        "batch_size=500",
        "--set",
        "learning_rate=0.003",
        "--out",
        str(tmp_path),
    ]
    result = subprocess.run(train, cwd=ROOT, capture_output=True, text=True, check=True)
    trained = json.loads(result.stdout)
    assert list(trained) == [
        "run",
        "state",
        "test_accuracy",
        "test_loss",
        "val_accuracy",
        "epochs",
        "seconds",
        "images_per_second",
        "parameters",
        "device",
    ]
    assert trained["run"] == NAME and trained["device"] == "cpu"
    assert trained["parameters"] == models.parameter_count(models.outline("lenet-5"))
    assert trained["epochs"] == 1 and 0.9 < trained["test_accuracy"] < 1 and "step" in result.stderr
    run, _ = store.find_run(NAME, tmp_path)
    assert (run.config.seed, run.config.batch_size, run.config.learning_rate) == (3, 500, 0.003)

    evaluate = [sys.executable, "-m", "cnnlab", "evaluate", str(tmp_path / NAME)]
    evaluated = json.loads(subprocess.run(evaluate, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    assert evaluated["accuracy"] == trained["test_accuracy"]
    assert evaluated["loss"] == pytest.approx(trained["test_loss"], rel=1e-4)
    matrix = evaluated["confusion_matrix"]
    assert sum(map(sum, matrix)) == 10_000
    assert sum(matrix[digit][digit] for digit in range(10)) == round(10_000 * evaluated["accuracy"])
    for digit in range(10):
        assert evaluated["per_digit"][str(digit)] == pytest.approx(matrix[digit][digit] / sum(matrix[digit]))


def test_predict_reads_pictures_of_either_polarity(here, small, tmp_path, capsys):
    files, labels = [], []
    for at in range(6):
        digit = small.test.images[at, 0].numpy()
        for name, pixels in (("black", digit), ("white", 255 - digit)):
            picture = Image.fromarray(pixels).resize((280, 280), Image.Resampling.BICUBIC)
            files.append(str(tmp_path / f"{at}-{name}.png"))
            picture.save(files[-1])
            labels.append(int(small.test.labels[at]))
    assert main(["predict", "small", *files]) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["image"] for answer in answers] == files
    assert sum(answer["digit"] == label for answer, label in zip(answers, labels, strict=True)) >= 10
    for answer in answers:
        assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-4)
        assert answer["probability"] == max(answer["probabilities"]) == answer["probabilities"][answer["digit"]]


def test_predict_goes_on_after_a_file_it_cannot_read(here, small, tmp_path, capsys):
    good, bad = tmp_path / "good.png", tmp_path / "bad.png"
    Image.fromarray(small.test.images[0, 0].numpy()).resize((100, 100)).save(good)
    bad.write_bytes(b"this is no picture")
    assert main(["predict", "small", str(bad), str(good), str(tmp_path / "missing.png")]) == 1
    captured = capsys.readouterr()
    first, second, third = (json.loads(line) for line in captured.out.splitlines())
    assert first["digit"] is None and "bad.png" in first["problem"]
    assert second["digit"] is not None
    assert third["digit"] is None and "missing.png" in third["problem"]
    assert captured.err.startswith("cnnlab: 2 of 3 images")


@pytest.mark.parametrize("fill", ["zero", "circular", "pad"])
def test_shift_reports_every_offset_and_distance(here, small, mnist, fill, capsys):
    assert main(["shift", "small@2", "--max", "2", "--images", "150", "--fill", fill]) == 0
    found = last_line(capsys)
    assert (found["run"], found["epoch"], found["images"], found["fill"]) == ("small", 2, 150, fill)
    assert len(found["offsets"]) == 25 and [row["distance"] for row in found["distances"]] == [0, 1, 2]
    by_offset = {(row["dx"], row["dy"]): row for row in found["offsets"]}
    eight = [by_offset[x, y]["accuracy"] for x in (-2, 0, 2) for y in (-2, 0, 2) if (x, y) != (0, 0)]
    last = found["distances"][2]
    assert last["accuracy"] == pytest.approx(sum(eight) / 8) and last["worst_accuracy"] == min(eight)
    assert by_offset[tuple(last["worst_direction"])]["accuracy"] == min(eight)
    assert by_offset[0, 0]["consistency"] == 1 and set(found["per_class"]) == set("0123456789")
    if fill != "pad":
        model = store.load(*store.find_run("small@2")).model
        chosen = [at * 10_000 // 150 for at in range(150)]
        test = mnist[1]
        answers = model(test.images[chosen].float().roll((0, 1), (2, 3)) / 255).argmax(1)  # rolls in only black here
        assert by_offset[1, 0]["accuracy"] == pytest.approx((answers == test.labels[chosen]).float().mean().item())


def test_faults_are_set_on_the_command_line(tmp_path, capsys):
    faults = {"train_images": "550", "wrong_labels": "0.2", "order": "sorted", "weights": "zero", "pixels": "raw-255"}
    typed = [part for name, value in faults.items() for part in ("--set", f"{name}={value}")]
    changes = ["--epochs", "1", "--network", "lenet-5", "--set", "split=test-halves", "--device", "cpu"]
    assert main(["train", "--recipe", "a0-simple-cnn", *changes, *typed, "--out", str(tmp_path)]) == 0
    run = store.open_run(tmp_path / last_line(capsys)["run"])
    assert run.name.startswith("lenet-5-") and "epochs-1-images-550-wrong-labels-0.2" in run.name
    assert {name: str(getattr(run.config, name)) for name in faults} == faults
    assert run.results[-1].step == 9, "550 images in batches of 64"


@pytest.mark.parametrize("command", ["runs", "models", "recipes"])
def test_lists_for_people_and_for_scripts(here, command, capsys):
    assert main([command]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 2
    assert main([command, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    names = {"runs": ("run", "small"), "models": ("network", "simple-cnn"), "recipes": ("recipe", "a0-simple-cnn")}
    key, name = names[command]
    assert name in [row[key] for row in rows]


@pytest.mark.slow
def test_a_sweep_of_two_processes_is_stopped_and_gone_on_with(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    small = ("train_images=300", "options.channels=1,1", "options.hidden=4", "device=cpu", "epochs=2")
    settings = [part for each in ("learning_rate=1e-3,1e-2", *small) for part in ("--set", each)]
    sweep = ["sweep", "--recipe", "a0-simple-cnn", *settings, "--seeds", "3", "--name", "two rates"]
    command = [sys.executable, "-m", "cnnlab", *sweep, "--jobs", "2"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not list(tmp_path.glob("*/epoch-001.safetensors")):
        assert process.poll() is None
        time.sleep(0.05)
    process.terminate()
    out, err = process.communicate()
    first = json.loads(out.splitlines()[-1])
    assert process.returncode == 0 and first["state"] == "stopped" and first["finished"] < 6
    assert "to go on: python -m cnnlab sweep --resume 'two rates'" in err

    assert main(sweep) == 0, "the same command goes on"
    captured = capsys.readouterr()
    *table, last = captured.out.strip().splitlines()
    found = json.loads(last)
    runs = store.list_runs(tmp_path)[0]
    assert [found[key] for key in ("study", "state", "trials", "finished")] == ["two rates", "finished", 6, 6]
    assert len(runs) == 6 and "6 of 6: a0-simple-cnn" in captured.err
    rates = {rate: [run for run in runs if run.config.learning_rate == rate] for rate in (1e-3, 1e-2)}
    means = {rate: np.mean([run.outcome.val_accuracy for run in group]) for rate, group in rates.items()}
    best = max(means, key=means.get)
    assert found["best"]["settings"] == {"learning_rate": best}
    assert found["best"]["val_accuracy"] == pytest.approx(means[best])
    assert found["best"]["spread"] == pytest.approx(np.std([r.outcome.val_accuracy for r in rates[best]], ddof=1))
    assert table[0].split() == ["learning", "rate", "validation", "spread", "test", "finished", "stopped"]
    assert table[1].split()[:2] == [f"{best:g}", f"{means[best]:.2%}"] and len(table) == 3


@pytest.mark.slow
def test_no_command_waits_for_what_only_others_need():
    others = ("altair", "optuna", "scipy", "sklearn", "torch._dynamo", "torchvision")
    code = f"""
import sys
from cnnlab.cli.commands import _parser
_parser()
print([name for name in {others} if name in sys.modules])"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_an_ensemble_is_evaluated_like_any_run(here, capsys):
    assert main(["ensemble", "small@1", "small@best", "--rule", "vote", "--name", "pair"]) == 0
    made = last_line(capsys)
    try:
        assert made["run"] == "pair" and made["members"][0] == "small@1"
        assert main(["evaluate", "pair"]) == 0
        assert last_line(capsys)["accuracy"] == made["test_accuracy"]
    finally:
        shutil.rmtree(here[0] / "pair")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train", "--recipe", "a9"], "recipe is 'a9': choose one of a0-simple-cnn"),
        (["train", "--recipe", "a0-simple-cnn", "--set", "learning_rate=-1"], "learning_rate is -1"),
        (["train", "--recipe", "a0-simple-cnn", "--set", "batch_size=0"], "batch_size is 0"),
        (["train", "--recipe", "a0-simple-cnn", "--set", "epochs"], "has no '='"),
        (["train", "--recipe", "a0-simple-cnn", "--set", "speed=9"], "'speed' is no setting"),
        (["train", "--recipe", "a0-simple-cnn", "--device", "tpu"], "device is 'tpu'"),
        (["train", "--recipe", "a0-simple-cnn", "--set", "start_from=nobody"], "There is no run 'nobody'"),
        (["train", "--recipe", "draw", "--set", "start_from=small"], "start_from is 'small', a simple-cnn: its conv1"),
        (["train", "--recipe", "a0-simple-cnn", "--set", "freeze=conv7"], "freeze is 'conv7': choose among conv1"),
        (["train", "--recipe", "a0-simple-cnn", "--set", "teacher=small@8"], "small has no epoch '8'"),
        (["train", "--recipe", "a0-simple-cnn", "--set", "schedule=multistep"], "milestones is empty"),
        (["sweep", "--recipe", "a9"], "recipe is 'a9'"),
        (["sweep", "--recipe", "a0-simple-cnn"], "Nothing is varied"),
        (["sweep", "--recipe", "a0-simple-cnn", "--set", "learning_rate=1,1000"], "learning_rate is 1000"),
        (["sweep", "--recipe", "a0-simple-cnn", "--epochs", "1,two"], "epochs is 'two'"),
        (["sweep", "--recipe", "a0-simple-cnn", "--seeds", "2", "--name", "a/b"], "A study cannot be called 'a/b'"),
        (["sweep", "--recipe", "a0-simple-cnn", "--seeds", "2", "--set", "start_from=nobody"], "There is no run 'nob"),
        (["sweep", "--resume", "nothing"], "There is no study 'nothing'"),
        (["sweep", "--resume", "nothing", "--seeds", "2"], "--resume goes on with a study's own settings"),
        (["sweep", "--recipe", "a0-simple-cnn", "--jobs", "0"], "--jobs is 0: it must lie between 1 and 64"),
        (["ensemble", "small"], "An ensemble has 2 to 20 members, not 1"),
        (["evaluate", "nowhere"], "There is no run 'nowhere'"),
        (["evaluate", "small@77"], "small has no epoch '77'"),
        (["predict", "small", "nothing.png"], "nothing.png"),
        (["shift", "small", "--max", "15"], "--max is 15: it must lie between 1 and 14"),
        (["shift", "small", "--images", "0"], "The number of images is 0"),
        (["shift", "nowhere"], "There is no run 'nowhere'"),
        (["export", "nowhere", "file.zip"], "There is no run 'nowhere'"),
        (["export", "small", "file.pt"], "file.pt does not end in .zip"),
        (["export", "small", "file.pt2", "--format", "onnx"], "file.pt2 does not end in .onnx"),
        (["code", "nowhere"], "There is no run 'nowhere'"),
        (["code", "small", "--out", "file.txt"], "file.txt ends in neither .py nor .ipynb"),
        (["import", "requirements.txt"], "requirements.txt was not imported: it is no zip file"),
        (["import", "weights.pt"], "weights.pt was not imported"),
    ],
)
def test_a_mistake_is_one_sentence_on_stderr(here, arguments, said, capsys):
    assert main(arguments) == 1
    captured = capsys.readouterr()
    assert said in captured.err and captured.err.startswith("cnnlab: ") and captured.err.count("\n") == 1


def test_a_run_goes_out_and_comes_in_as_one_file(here, tmp_path, monkeypatch, capsys):
    assert main(["export", "small", str(tmp_path)]) == 0
    assert last_line(capsys)["file"] == str(tmp_path / "small.zip")
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path / "there"))
    assert main(["import", str(tmp_path / "small.zip")]) == 0
    assert last_line(capsys) == {"run": "small", "epochs": [0, 1, 2], "folder": str(tmp_path / "there" / "small")}
