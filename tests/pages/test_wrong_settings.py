"""What people get wrong: each is one sentence, the same on the training page and on the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnlab.cli.commands import main
from cnnlab.training.runner import Runner
from cnnlab.ui.train.settings import form
from tests.support.digit_folders import write_digits

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("through_app")


@pytest.fixture(autouse=True)
def place(trained, colours, tmp_path, monkeypatch):
    """Folders of runs and data in which a mistake can do no harm."""
    shutil.copytree(trained[0] / "small", tmp_path / "runs" / "small")
    shutil.copytree(colours[0] / "colour", tmp_path / "runs" / "colour")
    shutil.copytree(colours[1] / "own", tmp_path / "data" / "own")
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNLAB_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(Runner, "_train", lambda *_: pytest.fail("a run with a wrong setting was begun"))
    return tmp_path


def one_sentence(text: str, said: str) -> None:
    assert said in text and "\n" not in text.strip() and text.strip().endswith((".", ":", ")")), text


SETTINGS = [
    ({"learning_rate": -1}, "learning_rate is -1: it must lie between"),
    ({"batch_size": 0}, "batch_size is 0: it must lie between"),
    ({"epochs": 0}, "epochs is 0: it must lie between"),
    ({"optimizer": "adamm"}, "optimizer is 'adamm': choose one of adam"),
    ({"dataset": "minst"}, "dataset is 'minst': choose one of mnist"),
    ({"dataset": "folder:leaves"}, "dataset is 'folder:leaves': there is no such data set here"),
    ({"dataset": "folder:colours", "augment_forms": 0.5}, "augment_forms is 0.5: folder:colours has no digits"),
    ({"dataset": "folder:colours", "augment_written": 0.1}, "augment_written is 0.1: folder:colours has no digits"),
    ({"dataset": "folder:colours", "outliers": 0.1}, "outliers is 0.1: folder:colours has no digits"),
    ({"start_from": "nowhere"}, "There is no run 'nowhere'"),
    ({"teacher": "colour"}, "teacher is 'colour': it was trained on folder:colours"),
    ({"start_from": "colour"}, "start_from is 'colour', a simple-cnn: its normalize.mean is 3×1×1, here it is 1×1×1"),
    ({"train_images": 55_001}, "train_images is 55,001, but there are 55,000 training images: choose"),
    ({"wrong_labels": 2}, "wrong_labels is 2: it must lie between 0 and 1"),
    ({"order": "random"}, "order is 'random': choose one of shuffled, sorted"),
    ({"freeze": "conv9"}, "conv9"),
]


@pytest.mark.parametrize(("changes", "said"), SETTINGS, ids=lambda value: str(value)[:40])
def test_a_wrong_setting_is_one_sentence_on_the_command_line(place, changes, said, capsys):
    typed = [part for name, value in changes.items() for part in ("--set", f"{name}={value}")]
    assert main(["train", "--recipe", "a0-simple-cnn", *typed, "--out", str(place / "new")]) == 1
    written = capsys.readouterr()
    one_sentence(written.err, said)
    assert written.err.startswith("cnnlab: ") and not written.out and not (place / "new").exists()


@pytest.mark.parametrize(("changes", "said"), SETTINGS, ids=lambda value: str(value)[:40])
def test_a_wrong_setting_is_one_sentence_on_the_page(place, changes, said, monkeypatch):
    """The widgets offer few of these; whatever gets past them ends in the same sentence, at once or at Start."""
    usual = form._usual
    monkeypatch.setattr(form, "_usual", lambda snapshot: {**usual(snapshot), **changes})
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    if not app.error:
        app.button(key="train_control_Start").click().run()
    assert not app.exception
    one_sentence(app.error[0].value, said)
    assert sorted(path.name for path in (place / "runs").iterdir()) == ["colour", "small"], "no empty run is left"


def no_pictures(folder: Path) -> None:
    for file in folder.rglob("*.png"):
        file.rename(file.with_suffix(".txt"))


def one_class(folder: Path) -> None:
    shutil.rmtree(folder / "7")


def corrupt_jpeg(folder: Path) -> None:
    Image.effect_noise((64, 64), 50).save(folder / "7" / "zz.jpg", quality=90)
    (folder / "7" / "zz.jpg").write_bytes((folder / "7" / "zz.jpg").read_bytes()[:700])


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (no_pictures, "pictures holds no pictures"),
        (one_class, "pictures has only one class, '4'"),
        (corrupt_jpeg, "7/zz.jpg could not be read as a picture"),
        (shutil.rmtree, "There is no "),
    ],
)
def test_wrong_pictures_are_one_sentence_on_both(place, mnist, spoil, said, capsys):
    folder = place / "pictures"
    write_digits(folder, mnist[1], 5, {4: "4", 7: "7"})
    spoil(folder)
    assert main(["add-data", str(folder)]) == 1
    on_line = capsys.readouterr().err
    one_sentence(on_line.rpartition("cnnlab: ")[2], said)
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    app.session_state["train_section"], app.session_state["train_add_pictures"] = "Data set", True
    app.run().text_input(key="train_pictures_folder").set_value(str(folder))
    next(button for button in app.button if button.label == "Add them").click().run()
    assert not app.exception
    one_sentence(app.error[0].value, said)
    assert app.error[0].value in on_line and [file.stem for file in (place / "data" / "own").iterdir()] == ["colours"]
