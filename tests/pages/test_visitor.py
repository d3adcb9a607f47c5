"""What a spectator may not do: the widgets that change what others see are disabled, and none names a folder."""

from __future__ import annotations

import ast

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.classroom.guard import VISITOR
from cnnlab.classroom.roles import Act, Role, may
from cnnlab.common import paths
from cnnlab.ui.state import visitor

AT_IMPORT = visitor.role
# keys of widgets that change what others see
CHANGING = (
    "architectures_save",
    "classroom_ask",
    "classroom_close",
    "classroom_draw",
    "classroom_end",
    "classroom_forget",
    "classroom_hide",
    "classroom_keep_",
    "classroom_look_",
    "classroom_next",
    "classroom_open",
    "classroom_remove",
    "classroom_reveal",
    "classroom_show",
    "classroom_unhide",
    "classroom_vote",
    "draw_keep_as_",
    "ensemble_keep",
    "film_maker_",
    "runs_delete",
    "runs_empty_bin",
    "runs_rename_now",
    "runs_restore_",
    "runs_tensorboard",
    "shared_delete_unreadable_",
    "shared_lesson_ask",
    "shift_cancel",
    "shift_start_",
    "train_ask_to_show_",
    "train_control_",
    "train_hint_take",
    "train_try_rates",
)
BUTTONS, QUOTE = ("button", "form_submit_button", "file_uploader"), "'"
OWN = {
    "actions: runs_no_export",  # always disabled
    "actions: runs_show",
    "builder: Take it",
    "builder: Train it",  # goes to the training page
    "builder: architectures_layer_{number}_{what}",
    "canvas: Clear",
    "canvas: draw_undo",
    "epoch_player: epoch_player_play",
    "folded: train_fold",
    "folded: train_unfold",
    "image_chooser: image_chooser_next",
    "image_chooser: image_chooser_next_wrong",
    "kernel_detail: Switch all on again",
    "lesson_list: lessons_begin_{lesson.name}",
    "lesson_panel: shared_lesson_again",
    "lesson_panel: shared_lesson_leave",
    "lesson_panel: shared_lesson_next",
    "lesson_panel: shared_lesson_previous",
    "lesson_panel: shared_lesson_reveal",
    "line_up: train_clear_lanes",
    "line_up: train_lane_{number}",
    "loaders: cancel",  # of one's own download
    "mean_and_spread: Count",
    "pager: {key}_back",
    "pager: {key}_next",
    "rate_search: train_cancel_rates",
    "rate_search: train_take_rate",
    "samples: Other samples",
    "sidebar: shared_present",
    "try_augmentation: Draw again",
    "visitor: label",  # upload's own
    "wall_view: classroom_to_{destination.icon}",
}


class Context:
    def __init__(self, headers):
        self.headers = headers


@pytest.mark.parametrize(
    ("headers", "role"),
    [*(({VISITOR: role.value}, role) for role in Role), ({VISITOR: "emperor"}, Role.NOBODY), ({}, Role.NOBODY)],
)
def test_the_guards_word_is_taken(monkeypatch, headers, role):
    monkeypatch.setattr(visitor.st, "context", Context(headers))
    assert AT_IMPORT() is role


@pytest.mark.parametrize("role", [Role.HERE, Role.TEACHER])
def test_the_form_for_pictures_offers_a_folder_to_nobody_else(monkeypatch, trained, through_app, role):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))
    monkeypatch.setattr(visitor, "role", lambda: role)
    app = AppTest.from_file(str(paths.LAB / "dashboard.py"), default_timeout=60)
    app.session_state["train_section"], app.session_state["train_add_pictures"] = "Data set", True
    app = app.run()
    assert not app.exception
    assert ("train_pictures_folder" in {each.key for each in app.text_input}) is may(role, Act.NAME_FOLDERS)


@pytest.mark.parametrize("page", sorted(file.name for file in (paths.LAB / "pages").glob("*.py")))
def test_a_spectator_finds_nothing_enabled_that_changes_what_others_see(monkeypatch, trained, through_app, page):
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(trained[0]))

    def enabled(role: Role) -> set[str]:
        monkeypatch.setattr(visitor, "role", lambda: role)
        app = AppTest.from_file(str(paths.LAB / "dashboard.py"), default_timeout=60).run()
        app = app.switch_page(f"pages/{page}").run()
        assert not app.exception
        return {each.key or each.label for each in (*app.button, *app.toggle) if not each.disabled}

    found = enabled(Role.SPECTATOR)
    assert found <= enabled(Role.HERE)
    assert not [key for key in found if key.startswith(CHANGING)]


def test_every_other_button_changes_only_what_the_visitor_himself_sees():
    """A new button is either drawn by `reserved` or entered here."""
    own = set()
    for file in (paths.LAB / "cnnlab" / "ui").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in BUTTONS:
                key = [each.value for each in call.keywords if each.arg == "key"] or call.args
                own.add(f"{file.stem}: {ast.unparse(key[0]).lstrip('f').strip(QUOTE)}")
    assert own == OWN


def test_a_callback_asks_again(monkeypatch):
    done = []
    callback = visitor._asking(done.append)
    monkeypatch.setattr(visitor, "role", lambda: Role.SPECTATOR)
    callback("forged")
    monkeypatch.setattr(visitor, "role", lambda: Role.TEACHER)
    callback("meant")
    assert done == ["meant"]
