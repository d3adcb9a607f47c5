"""The class page: what it opens, and that the truths of its questions are those that another way gives."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix
from streamlit.testing.v1 import AppTest

from cnnlab.classroom.lesson import lesson
from cnnlab.classroom.roles import Role
from cnnlab.data.drawing import classroom_set
from cnnlab.data.drawing.classroom_set import ClassroomSet
from cnnlab.data.drawing.preprocessing import prepare
from cnnlab.errors import CnnlabError
from cnnlab.runs import store
from cnnlab.ui.state import visitor

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.usefixtures("through_app", "_nothing_is_left")


@pytest.fixture
def _nothing_is_left(monkeypatch, trained, tmp_path):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    monkeypatch.setenv("CNNLAB_CLASS_SET", str(tmp_path / "set.npz"))
    lesson.forget()
    yield
    lesson.forget()


@pytest.fixture
def network(trained):
    (run,), _ = store.list_runs(trained[0])
    return store.load_file(run.file(run.epochs[-1])).model


@pytest.fixture
def drawings(mnist):
    """Thirty test digits that phones have sent, one of them by Anna."""
    test = mnist[1].part(0, 30)
    kept = ClassroomSet(
        test.images[:, 0].numpy(), test.labels.numpy(), ("",) * 30, tuple(f"d{n:02}" for n in range(30))
    )
    classroom_set.add_all(kept)
    for each in kept.ids:
        lesson.add_drawing(each, "Anna" if each == "d07" else "")
    return kept


def open_view(view: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60).run()
    app = app.switch_page("pages/classroom.py").run()
    app.session_state["classroom_view"] = view
    app.run()
    assert not app.exception and not app.error
    return app


def click(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def test_the_class_is_opened_switched_and_closed():
    app = click(open_view("Join"), "classroom_open")
    assert lesson.switches.is_open and any("/join" in title.value for title in app.title)
    app.toggle(key="classroom_look_around").set_value(True).run()
    assert lesson.switches.look_around and lesson.switches.draw
    click(app, "classroom_close")
    assert not lesson.switches.is_open


def test_opening_the_page_lets_phones_be_answered(network, mnist):
    open_view("Join")
    image = np.kron(mnist[1].images[0, 0].numpy(), np.ones((10, 10), np.uint8))
    assert lesson.reader(image)["digit"] == "7"
    assert "sentence" in lesson.reader(np.zeros((280, 280), np.uint8))
    with torch.no_grad():
        prepared = torch.from_numpy(prepare(image).image)[None, None] / 255
        expected = network(prepared).softmax(1)[0]
    assert lesson.reader(image)["probabilities"] == pytest.approx(expected.tolist(), abs=1e-4)


def test_a_spectators_choice_answers_no_phone(monkeypatch):
    monkeypatch.setattr(visitor, "role", lambda: Role.SPECTATOR)
    before = lesson.reader
    open_view("Join")
    assert lesson.reader is before


def test_the_wall_counts_what_the_network_reads_right(drawings, network):
    app = open_view("Wall")
    with torch.no_grad():
        right = int(
            (network(torch.from_numpy(drawings.images)[:, None] / 255).argmax(1).numpy() == drawings.labels).sum()
        )
    wall = next(metric for metric in app.metric if metric.label == "This wall")
    assert wall.value == f"{right / 30:.1%}" and wall.delta == f"{right} of 30 right"
    lesson.change_wall(lambda shown: shown.hide("d00").hide("d01"))
    app.run()
    assert next(metric for metric in app.metric if metric.label == "This wall").delta.endswith("of 28 right")
    click(app, "classroom_unhide")
    assert not lesson.wall.hidden


def test_what_waits_is_shown_or_removed_by_the_teacher_alone(drawings, monkeypatch):
    lesson.switch(look_first=True)
    for each in ("d03", "d04"):
        lesson.add_drawing(each, "")
    app = open_view("Wall")
    assert next(metric for metric in app.metric if metric.label == "This wall").delta.endswith("of 28 right")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(visitor, "role", lambda: Role.SPECTATOR)
        assert "classroom_show" not in {button.key for button in open_view("Wall").button}
    click(app, "classroom_show")
    assert not lesson.wall.waiting
    lesson.add_drawing("d05", "")
    click(app.run(), "classroom_remove_waiting")
    assert "d05" not in classroom_set.read().ids and not lesson.wall.waiting


def test_a_run_that_is_gone_is_a_sentence_to_phones(trained, tmp_path, monkeypatch, mnist):
    shutil.copytree(trained[0] / "small", tmp_path / "runs" / "small")
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path / "runs"))
    open_view("Join")
    shutil.rmtree(tmp_path / "runs" / "small")
    with pytest.raises(CnnlabError, match="small cannot be read any more .*: choose another run"):
        lesson.reader(np.kron(mnist[1].images[0, 0].numpy(), np.ones((10, 10), np.uint8)))


@pytest.mark.parametrize(("key", "name"), [("classroom_keep_True", "Anna"), ("classroom_keep_False", "")])
def test_kept_drawings_stay_when_all_is_forgotten_with_or_without_names(drawings, key, name):
    app = click(open_view("Join"), key)
    assert classroom_set.read().names[7] == name and not lesson.wall.sent
    click(app, "classroom_forget")
    assert len(classroom_set.read()) == 30


def test_forgetting_deletes_what_nobody_kept(drawings, mnist):
    classroom_set.add(mnist[1].images[40, 0].numpy(), int(mnist[1].labels[40]), "kept on the draw page")
    click(open_view("Join"), "classroom_forget")
    assert classroom_set.read().names == ("kept on the draw page",)


def ask(app: AppTest, kind: str) -> AppTest:
    app.selectbox(key="classroom_ready").select(kind).run()
    return click(app, "classroom_ask")


def test_the_truth_of_the_first_epoch_is_the_runs(trained):
    (run,), _ = store.list_runs(trained[0])
    click(ask(open_view("Call it first"), "The first epoch"), "classroom_reveal")
    assert lesson.ballot.truth == pytest.approx(100 * run.results[1].val_accuracy, abs=0.005)


@pytest.mark.slow
def test_the_truth_about_pairs_is_scikit_learns(network, mnist):
    click(ask(open_view("Call it first"), "The most confused pair"), "classroom_reveal")
    with torch.no_grad():
        answers = torch.cat([network(part / 255).argmax(1) for part in mnist[1].images.split(500)])
    both = confusion_matrix(mnist[1].labels, answers)
    both = np.triu(both + both.T, 1)
    first, second = np.unravel_index(both.argmax(), both.shape)
    assert lesson.ballot.question.words(lesson.ballot.truth) == f"{first} and {second}"


def test_the_truth_about_our_drawings_is_counted(drawings, network):
    click(ask(open_view("Call it first"), "Our drawings"), "classroom_reveal")
    with torch.no_grad():
        right = network(torch.from_numpy(drawings.images)[:, None] / 255).argmax(1).numpy() == drawings.labels
    assert lesson.ballot.truth == right.sum() and lesson.ballot.question.high == 30


@pytest.mark.parametrize(("dx", "dy"), [(-3, 0), (10, 8), (0, 0)])
def test_the_truth_about_a_shifted_digit_is_what_the_network_says_to_rolled_pixels(network, mnist, dx, dy):
    app = open_view("Call it first")
    app.selectbox(key="classroom_ready").select("A shifted digit").run()
    app.slider(key="classroom_dx").set_value(dx)
    app.slider(key="classroom_dy").set_value(dy).run()
    click(click(app, "classroom_ask"), "classroom_reveal")
    image = torch.zeros(1, 1, 28, 28)
    source = mnist[1].images[4].float() / 255
    for y in range(28):
        for x in range(28):
            if 0 <= y + dy < 28 and 0 <= x + dx < 28:
                image[0, 0, y + dy, x + dx] = source[0, y, x]
    with torch.no_grad():
        right = int(network(image).argmax()) == int(mnist[1].labels[4])
    assert lesson.ballot.truth == (0 if right else 1)
    assert lesson.ballot.question.picture.startswith("data:image/png;base64,")


def test_ones_own_question_is_revealed_with_ones_own_truth():
    app = open_view("Call it first")
    app.selectbox(key="classroom_ready").select("A question of your own").run()
    app.text_input(key="classroom_text").set_value("Will it rain?").run()
    click(app, "classroom_ask")
    lesson.vote("anna", lesson.ballot.key, 1)
    app.run()
    assert any("1 of 1 have answered" in header.value for header in app.header)
    app.selectbox(key="classroom_truth").select(1).run()
    click(app, "classroom_reveal_own")
    assert any("It is No." in header.value for header in app.header)
    assert any("1 of 1 was right." in subheader.value for subheader in app.subheader)
    click(app, "classroom_next")
    assert lesson.ballot is None


def test_votes_stay_hidden_until_they_are_revealed():
    app = ask(open_view("Call it first"), "The most confused pair")
    for number in range(3):
        lesson.vote(str(number), lesson.ballot.key, 0)
    app.run()
    assert not app.get("vega_lite_chart")
    click(app, "classroom_reveal")
    assert app.get("vega_lite_chart")
