"""The runs page through AppTest: filter, rename, delete and back, compare, bring in."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.runs.ownership import Owner
from cnnlab.training.recipes import RECIPES
from cnnlab.ui.runs import comparison, run_table
from cnnlab.ui.train import recipe_note
from tests.support.study_runs import ACCURACIES, write_study

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("through_app")


@pytest.fixture
def root(trained, tmp_path, monkeypatch):
    """Two runs that differ in seed and learning rate, which a test may change."""
    shutil.copytree(trained[0] / "small", tmp_path / "small")
    shutil.copytree(trained[0] / "small", tmp_path / "other")
    record = json.loads((tmp_path / "other" / "run.json").read_text())
    record["config"] |= {"learning_rate": 0.01, "seed": 7}
    (tmp_path / "other" / "run.json").write_text(json.dumps(record))
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    return tmp_path


def opened(*chosen: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    app.session_state[run_table.CHOSEN] = list(chosen)
    return app.run().switch_page("pages/runs.py").run()


def names(app: AppTest) -> list[str]:
    return app.main.dataframe[0].value["run"].tolist()


def sound(app: AppTest) -> AppTest:
    assert not app.exception and not app.error
    return app


def test_the_table_is_filtered_and_sorted(root):
    app = sound(opened())
    assert sorted(names(app)) == ["other", "small"] and "2 runs; " in app.main.subheader[0].value
    sound(app.selectbox(key="runs_order").set_value("by name").run())
    assert names(app) == ["other", "small"]
    sound(app.text_input(key="runs_words").set_value("OTHER adam").run())
    assert names(app) == ["other"]
    sound(app.text_input(key="runs_words").set_value("nothing").run())
    assert "No run has all of the words 'nothing'" in app.main.info[0].value


def test_two_runs_are_compared_by_what_differs(root):
    app = sound(opened("small", "other"))
    assert app.main.subheader[1].value == "They differ in 2 settings: learning rate and seed."
    shown = app.main.dataframe[1].value
    assert shown.index.tolist() == ["learning rate", "seed"] and shown["other"].tolist() == ["0.01", "7"]
    assert comparison.sentence([]) == "All settings are the same."


def test_deleted_and_brought_back_by_one_click_each(root):
    before = {file.name: file.read_bytes() for file in (root / "small").iterdir()}
    app = sound(opened("small"))
    sound(app.button(key="runs_delete").click().run())
    assert names(app) == ["other"] and not (root / "small").exists() and "went to the bin" in app.success[0].value
    back = next(button for button in app.button if button.label == "Bring back small")
    sound(back.click().run())
    assert sorted(names(app)) == ["other", "small"]
    assert {file.name: file.read_bytes() for file in (root / "small").iterdir()} == before


def changed(folder: Path, **values: object) -> None:
    record = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**record, **values}))


def test_the_stopped_runs_of_today_go_with_one_click(root):
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    outcome = json.loads((root / "small" / "run.json").read_text())["outcome"]
    changed(root / "small", created=now)
    app = sound(opened())
    assert "runs_delete_stopped" not in {button.key for button in app.button}, "none was stopped"
    stopped = {**outcome, "state": "stopped", "test_accuracy": None}
    for name, begun in (("one", now), ("two", now), ("old", "2020-01-01T00:00:00+00:00")):
        shutil.copytree(root / "small", root / name)
        changed(root / name, outcome=stopped, created=begun)
    app = sound(opened())
    button = app.button(key="runs_delete_stopped")
    assert button.label == "Delete the 2 stopped runs of today"
    sound(button.click().run())
    assert sorted(names(app)) == ["old", "other", "small"]
    assert {"Bring back one", "Bring back two"} <= {button.label for button in app.button}


def test_what_was_changed_by_hand_is_said_and_does_not_count(root):
    config = {**json.loads((root / "small" / "run.json").read_text())["config"], "recipe": "a0-simple-cnn"}
    usual = RECIPES["a0-simple-cnn"].config.as_dict()
    for name in ("small", "other"):
        changed(root / name, config={**usual, "device": config["device"]})
    assert "changed by hand" not in sound(opened()).main.dataframe[0].value
    assert set(recipe_note.measured("a0-simple-cnn")) == {"small", "other"}
    changed(root / "other", events=[{"step": 19, "what": "learning rate", "value": 0.05}])
    shown = sound(opened()).main.dataframe[0].value
    assert dict(zip(shown["run"], shown["changed by hand"], strict=True)) == {
        "small": "", "other": "learning rate 0.05 from step 20",
    }  # fmt: skip
    assert set(recipe_note.measured("a0-simple-cnn")) == {"small"}


def test_renamed_and_still_the_one_that_all_pages_show(root):
    app = opened("small")
    app.sidebar.selectbox[0].set_value("small").run()
    app.text_input(key="runs_new_name_of_small").set_value("best one")  # and at once the click
    sound(app.button(key="runs_rename_now").click().run())
    assert "best one" in names(app) and app.sidebar.selectbox[0].value == "best one"
    app.text_input(key="runs_new_name_of_best one").set_value("other")
    app.button(key="runs_rename_now").click().run()
    assert app.error[0].value == "There is already a run called other: choose another name."


def test_a_run_under_way_cannot_be_renamed_or_deleted(root):
    owner = Owner(root / "small")  # whoever trains it, this process or another
    app = sound(opened("small"))
    owner.release()
    assert app.button(key="runs_delete").disabled
    assert any("**small** is still training" in caption.value for caption in app.caption)
    app = opened("other")
    assert not app.button(key="runs_delete").disabled


def test_without_runs_it_says_what_to_do_and_the_bin_still_opens(root):
    app = opened("small", "other")
    sound(app.button(key="runs_delete").click().run())
    assert "There is no run yet" in app.main.info[0].value
    assert {"Bring back small", "Bring back other"} <= {button.label for button in app.button}
    sound(app.button(key="runs_empty_bin").click().run())
    assert len(list((root / ".bin").iterdir())) == 2, "asked first"
    sound(app.button(key="runs_empty_bin_now").click().run())
    assert list((root / ".bin").iterdir()) == []


def test_tensorboard_files_on_request(root):
    app = sound(opened("small"))
    sound(app.button(key="runs_tensorboard").click().run())
    assert f"tensorboard --logdir {root / '.tensorboard'}" in app.success[0].value
    assert list((root / ".tensorboard" / "small").glob("events.out.tfevents.*"))


def test_a_study_shows_its_runs_as_lines_and_its_settings_the_best_first(root):
    write_study(root / "small", root)
    app = sound(opened("small"))
    assert "runs_study_table" not in drawn_tables(app)
    sound(app.selectbox(key="runs_study").set_value("rates").run())
    assert set(names(app)) == {f"study-{rate:g}-{seed}" for rate in ACCURACIES for seed in range(3)}
    assert app.main.dataframe[0].value["study"].unique().tolist() == ["rates"]
    assert app.main.subheader[1].value.startswith("Best of 3 settings: learning rate 0.001, with 92.60 ± 0.53 %")
    table = app.main.dataframe[1].value
    assert table["learning rate"].tolist() == ["0.001", "0.01", "0.0001"]
    for row in table.to_dict("records"):
        accuracies = np.array(ACCURACIES[float(row["learning rate"])])
        assert row["validation"] == pytest.approx(100 * accuracies.mean())
        assert row["spread"] == pytest.approx(100 * accuracies.std(ddof=1))
        assert row["test"] == pytest.approx(100 * accuracies.mean() - 0.5) and row["finished"] == "3 of 3"
    assert len(app.main.get("vega_lite_chart")) == 1, "its lines, and no curves as long as no run is ticked"
    app.session_state[run_table.CHOSEN] = ["study-0.001-0", "study-0.01-0"]
    app = sound(app.run())
    assert app.main.subheader[2].value == "They differ in 1 setting: learning rate.", "ticked runs are compared below"
    sound(app.selectbox(key="runs_study").set_value("").run())
    assert {"small", "other"} <= set(names(app)) and "runs_study_table" not in drawn_tables(app)


def test_a_study_under_way_says_what_is_still_to_come(root):
    write_study(root / "small", root)
    shutil.rmtree(root / "study-0.01-2")
    record = json.loads((root / "study-0.01-1" / "run.json").read_text())
    changed(root / "study-0.01-1", outcome={**record["outcome"], "state": "stopped", "test_accuracy": None})
    app = opened()
    sound(app.selectbox(key="runs_study").set_value("rates").run())
    said = " ".join(each.value for each in app.main.caption)
    assert "8 of 9 runs are here so far. Dashed: stopped, or not finished." in said and "comes last" in said
    table = app.main.dataframe[1].value
    assert table["learning rate"].tolist() == ["0.001", "0.0001", "0.01"]
    assert table["stopped"].tolist() == [0, 0, 1] and table["finished"].tolist() == ["3 of 3", "3 of 3", "1 of 2"]


def drawn_tables(app: AppTest) -> set[str]:
    return {each.proto.id.rsplit("-", 1)[-1] for each in app.main.dataframe}


def test_program_network_and_report_of_one_run_can_be_taken_along(root):
    app = opened("small")
    assert not any(each.label == "ONNX" for each in app.get("download_button"))
    app.session_state["runs_take_along"] = True
    labels = [each.label for each in sound(app.run()).get("download_button")]
    wanted = ["Code", "Code as a notebook", "ONNX", "torch.export", "Report"]
    assert [each for each in labels if each != "Export as one file"] == wanted
