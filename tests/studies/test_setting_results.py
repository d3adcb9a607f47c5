"""What is said of a study is what pandas makes of its runs' files."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

from cnnlab.runs import store
from cnnlab.runs.ownership import Owner
from cnnlab.studies import setting_results
from tests.support.study_runs import ACCURACIES, write_study


@pytest.fixture
def root(trained, tmp_path):
    """Nine runs of a study of three rates and three seeds."""
    write_study(trained[0] / "small", tmp_path)
    return tmp_path


def found(root) -> list[setting_results.Standing]:
    return setting_results.of(store.list_runs(root)[0])


def test_means_and_spreads_are_those_of_pandas(root):
    said = [json.loads(file.read_text()) for file in root.glob("*/run.json")]
    table = pd.DataFrame(
        {"rate": each["config"]["learning_rate"], "validation": each["outcome"]["val_accuracy"],
         "test": each["outcome"]["test_accuracy"]} for each in said
    )  # fmt: skip
    grouped = table.groupby("rate").agg(["mean", "std"]).sort_values(("validation", "mean"), ascending=False)
    rows = found(root)
    assert [row.values for row in rows] == [(rate,) for rate in grouped.index] == [(0.001,), (0.01,), (0.0001,)]
    for row, (_, expected) in zip(rows, grouped.iterrows(), strict=True):
        assert row.mean == pytest.approx(expected["validation", "mean"])
        assert row.spread == pytest.approx(expected["validation", "std"])
        assert row.test_mean == pytest.approx(expected["test", "mean"])
        assert [run.seed for run in row.runs] == [0, 1, 2] == list(range(len(row.finished)))
    best = pd.Series(ACCURACIES[0.001])
    assert setting_results.sentence(rows) == (
        f"Best of 3 settings: learning rate 0.001, with {100 * best.mean():.2f} ± {100 * best.std():.2f} % of the "
        "validation images right, mean of 3 seeds"
    )


def test_a_setting_with_a_stopped_run_comes_after_all_others(root):
    file = root / "study-0.001-1" / "run.json"
    said = json.loads(file.read_text())
    said["outcome"] |= {"state": "stopped", "test_accuracy": None}
    file.write_text(json.dumps(said))
    rows = found(root)
    assert [row.values[0] for row in rows] == [0.01, 0.0001, 0.001]
    assert rows[-1].stopped == 1 and rows[-1].mean == pytest.approx((ACCURACIES[0.001][0] + ACCURACIES[0.001][2]) / 2)


def test_runs_under_way_are_no_part_of_the_mean(root):
    owner = Owner(root / "study-0.001-0")
    rows = found(root)
    owner.release()
    assert [run.state for run in rows[0].runs] == ["training", "finished", "finished"] and len(rows[0].finished) == 2


def test_one_run_has_no_spread_and_none_no_sentence_about_the_best(root):
    for folder in root.glob("study-*-[12]"):
        shutil.rmtree(folder)
    rows = found(root)
    assert (
        rows[0].spread is None
        and "±" not in setting_results.sentence(rows)
        and "mean of" not in setting_results.sentence(rows)
    )
    for file in root.glob("*/run.json"):
        file.write_text(json.dumps({**json.loads(file.read_text()), "outcome": None}))
    assert setting_results.sentence(found(root)) == "No run of it has finished yet"


def test_a_foreign_run_that_varies_what_is_no_setting_is_still_shown(root):
    for file in root.glob("*/run.json"):
        said = json.loads(file.read_text())
        said["study"]["varied"] = ["speed", "options.wings"]
        file.write_text(json.dumps(said))
    (row,) = found(root)
    assert row.words == "speed None, wings None" and len(row.runs) == 9
