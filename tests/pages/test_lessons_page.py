"""The page of the lessons, the panel above every page, and every link of every lesson that comes with cnnlab."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from cnnlab.classroom.lesson import lesson as room
from cnnlab.classroom.roles import Role
from cnnlab.common import paths
from cnnlab.lessons import course
from cnnlab.lessons.steps import Link
from cnnlab.ui.state import address, visitor
from tests.support.fresh_tabs import FIRST, tab

pytestmark = pytest.mark.usefixtures("through_app")
SHIPPED = [
    "1-convolution",
    "2-first-network",
    "3-what-the-layers-see",
    "4-where-it-fails",
    "5-shifted-4",
    "6-breaking-and-repairing",
]
OWN = """# Mine
for: us
minutes: 10
purpose: to see
## First
Here are the kernels.
-> /kernels?run=small&epoch=0&layer=conv2
## Second
Nothing is said of the run.
-> /convolution?stride=2
? How many sums? | 9 | *4
! Count them.
-> /convolution?stride=2&padding=1
## Third
And another page.
-> /data
? Which? | one | other
! *Neither*.
"""


@pytest.fixture
def mine(trained, tmp_path, monkeypatch):
    """The file of a lesson, "7-mine", beside a run "small"."""
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    monkeypatch.setenv("CNNLAB_LESSONS", str(tmp_path))
    file = tmp_path / "7-mine.md"
    file.write_text(OWN)
    return file


@pytest.fixture
def open_class():
    room.switch(is_open=True)
    yield
    room.forget()


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=f"shared_lesson_{key}").click()
    app.run()
    assert not app.exception
    return app


def text(app: AppTest) -> str:
    return "\n".join(each.value for each in app.main.markdown)


def complaints(app: AppTest) -> list[str]:
    return [each.value for each in (*app.main.warning, *app.main.error, *app.exception)]


def links(name: str) -> list[tuple[str, bool, Link]]:
    """(step, whether it is revealed, link) of all links of a lesson."""
    found = []
    for number, step in enumerate(course.lesson(name).steps, 1):
        found.append((str(number), False, step.link))
        if step.revealed:
            found.append((str(number), True, step.revealed))
    return found


def test_six_lessons_ship_in_the_order_in_which_they_are_taught_and_need_no_internet():
    assert [name for name in course.names() if (paths.shipped_lessons() / f"{name}.md").exists()] == SHIPPED
    for name in SHIPPED:
        assert 10 <= course.lesson(name).minutes <= 45
        assert "://" not in (paths.shipped_lessons() / f"{name}.md").read_text(), "no link leads out of the lab"


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_every_link_opens_and_shows_what_it_says(name, tmp_path, monkeypatch):
    """One tab that goes from link to link as the browser's Back does: what a link does not say is as it begins."""
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(paths.LAB / "checkpoints"))
    monkeypatch.setenv("CNNLAB_SWEEPS", str(tmp_path))
    monkeypatch.setattr(address, "by_history", lambda: True)
    app = AppTest.from_file(str(paths.LAB / "dashboard.py"), default_timeout=60)
    for number, revealed, link in links(name):
        app._page_hash = calc_hash("" if link.page == FIRST else link.page)
        asked = {key: list(texts) for key, texts in link.query.items()}
        place = {"lesson": name, "step": number} | ({"revealed": "1"} if revealed else {})
        app.query_params = asked | place
        app.run()
        assert complaints(app) == [], f"step {number}: {link}"
        now = {key: app.query_params[key] for key in app.query_params}
        assert {key: now[key] for key in place} == place
        for key, texts in asked.items():
            assert key not in now or now[key] in (texts, texts[-1]), f"step {number}: {key} is {now[key]}"
        assert set(now) <= {"run", "epoch", *asked, *place}, "nothing of the step before is left"


def test_the_page_lists_each_lesson_with_what_it_is_for_and_begins_it(mine):
    app = tab("lessons")
    assert "#### 7 · Mine" in text(app) and "to see" in text(app) and "1. First\n1. Second\n1. Third" in text(app)
    assert "10 minutes · for us" in [each.value for each in app.main.caption]
    app.button(key="lessons_begin_7-mine").click()
    app.run()
    assert not app.exception and "Here are the kernels." in text(app)
    assert app.query_params == {
        "lesson": "7-mine", "step": "1", "run": "small", "epoch": "0", "layer": "conv2",
    }  # fmt: skip


def test_a_lesson_that_is_wrong_is_named_with_its_line_and_the_others_are_listed(mine):
    mine.write_text(OWN.replace("/data", "/dates"))
    app = tab("lessons")
    assert [each.value for each in app.main.error] == [
        "7-mine.md, line 16: “/dates” leads to no page here: there are /"
        + ", /".join(sorted(file.stem for file in (paths.LAB / "pages").glob("*.py")))
        + "."
    ]
    assert app.button(key="lessons_begin_1-convolution")


def test_next_and_previous_lead_to_what_the_step_says_and_keep_the_network(mine):
    app = tab("kernels", {"lesson": "7-mine", "run": "small", "epoch": "1"})
    app = press(app, "next")
    assert app.query_params == {"lesson": "7-mine", "step": "2", "run": "small", "epoch": "1", "stride": "2"}
    app = press(app, "next")
    assert app.query_params == {"lesson": "7-mine", "step": "3", "run": "small", "epoch": "1"}
    assert "shared_lesson_next" not in {each.key for each in app.button}
    app = press(press(app, "previous"), "previous")
    assert app.query_params["layer"] == "conv2" and app.query_params["epoch"] == "0"
    assert app.button(key="shared_lesson_previous").disabled


def test_the_lesson_goes_along_to_other_pages_and_shows_its_step_again(mine):
    app = tab("kernels", {"lesson": "7-mine"})
    app.query_params = {}  # as Streamlit leaves a page
    app = app.switch_page("pages/anatomy.py").run()
    assert "Here are the kernels." in text(app) and app.query_params["lesson"] == "7-mine"
    app = press(app, "again")
    assert app.query_params["layer"] == "conv2" and app.query_params["epoch"] == "0"
    app = press(app, "leave")
    assert "Here are the kernels." not in text(app) and "lesson" not in app.query_params


def test_the_answer_is_called_before_it_is_revealed_and_shows_what_it_is_about(mine):
    app = tab("convolution", {"lesson": "7-mine", "step": "2", "stride": "2"})
    assert "How many sums?" in text(app) and "Count them." not in text(app)
    app.button_group(key="shared_lesson_guess_7-mine_2").set_value("9")
    app = press(app.run(), "reveal")
    assert "Not what you called. **4.** Count them." in text(app)
    assert app.query_params["padding"] == "1" and app.query_params["revealed"] == "1"
    assert "shared_lesson_reveal" not in {each.key for each in app.button}
    app = press(app, "again")
    assert "Count them." in text(app) and app.query_params["padding"] == "1", "what is revealed stays so"
    app = press(app, "next")
    assert "revealed" not in app.query_params and "Neither" not in text(app)
    app = press(app, "reveal")
    assert ":material/visibility: *Neither*." in text(app), "no answer was marked as the right one"


def test_who_called_it_is_told_so(mine):
    app = tab("convolution", {"lesson": "7-mine", "step": "2"})
    app.button_group(key="shared_lesson_guess_7-mine_2").set_value("4")
    assert "You called it. **4.** Count them." in text(press(app.run(), "reveal"))


def test_an_address_that_asks_for_what_is_not_there_says_so(mine):
    app = tab("data", {"lesson": "8-yours"})
    assert complaints(app) == ["There is no lesson “8-yours” here."] and "lesson" not in app.query_params
    app = tab("data", {"lesson": "7-mine", "step": "4"})
    assert complaints(app) == ["There is no step “4” here: the page shows “1”."]
    assert "Here are the kernels." in text(app)


def test_a_file_that_is_spoiled_or_shortened_meanwhile_does_not_end_the_page(mine):
    app = tab("data", {"lesson": "7-mine", "step": "3"})
    mine.write_text(OWN[: OWN.index("## Second")])
    app.run()
    assert complaints(app) == [] and "Here are the kernels." in text(app)
    mine.write_text("nothing")
    app.run()
    assert complaints(app) == ["7-mine.md, line 1: A lesson begins with its title: “# Convolution”."]
    assert complaints(press(app, "leave")) == []


def test_a_class_answers_on_its_phones_and_the_panel_reveals_to_it(mine, open_class, monkeypatch):
    app = tab("convolution", {"lesson": "7-mine", "step": "2"})
    app = press(app, "ask")
    assert room.ballot.question.choices == ("9", "4") and room.ballot.measure() == 1
    room.vote("one", room.ballot.key, 0)
    room.vote("other", room.ballot.key, 1)
    assert "2 of 2 phones have answered." in text(app.run())
    app = press(app, "reveal")
    assert room.ballot.revealed and room.ballot.truth == 1
    assert "The class: 9: **1** · 4: **1**" in text(app)


def test_a_spectator_reveals_for_himself_alone(mine, open_class, monkeypatch):
    app = press(tab("convolution", {"lesson": "7-mine", "step": "2"}), "ask")
    monkeypatch.setattr(visitor, "role", lambda: Role.SPECTATOR)
    app = press(tab("convolution", {"lesson": "7-mine", "step": "2"}), "reveal")
    assert "Count them." in text(app) and not room.ballot.revealed
    room.end_question()
    app = tab("convolution", {"lesson": "7-mine", "step": "2"})
    assert app.button(key="shared_lesson_ask").disabled


def test_a_marked_sabotage_is_ready_and_nothing_has_begun(mine):
    app = tab("train", {"start": "break-it-on-purpose", "break": "sorted"})
    assert "**Sorted by class** is ready to be pressed. About 45 s on two cores." in text(app)
    assert app.query_params["break"] == "sorted"
    app = tab("train", {"start": "break-it-on-purpose", "break": "nothing"})
    assert complaints(app) == ["There is no break “nothing” here."]
