"""A run that cannot be read is one warning on every page, to be looked at and deleted there; all else goes on."""

from __future__ import annotations

import json
import shutil

import pytest
from streamlit.testing.v1 import AppTest

from cnnlab.common import paths
from cnnlab.runs import trash
from cnnlab.ui.messages import plain

pytestmark = pytest.mark.usefixtures("through_app")
PAGES = sorted(file.name for file in (paths.LAB / "pages").glob("*.py"))
OUTCOME = {"state": "finished", "epochs": 1, "seconds": 1, "images_per_second": 1, "test_accuracy": "x"}
SPOILS = {
    "created": {"created": 5},
    "accuracy": {"outcome": OUTCOME},
    "markdown": {"config": {"network": "![x](http://evil.example/x.png)"}},
}  # fmt: skip


@pytest.fixture
def root(trained, tmp_path, monkeypatch):
    shutil.copytree(trained[0] / "small", tmp_path / "small")
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    return tmp_path


def spoil(root, name: str) -> None:
    shutil.copytree(root / "small", root / f"bad-{name}")
    file = root / f"bad-{name}" / "run.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | SPOILS[name]))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_goes_on_and_says_which_run_and_what_is_wrong(root, page):
    for name in SPOILS:
        spoil(root, name)
    app = (
        AppTest.from_file(str(paths.LAB / "dashboard.py"), default_timeout=60).run().switch_page(f"pages/{page}").run()
    )
    assert not app.exception and not app.error
    said = [warning.value for warning in app.sidebar.warning]
    assert len(said) == 3
    assert "bad-accuracy" in said[0] and "outcome.test_accuracy is 'x': it should be a valid number" in said[0]
    assert "bad-created" in said[1] and "created is 5: it should be a valid datetime" in said[1]
    assert "bad-markdown" in said[2] and "![x]" not in said[2], "nothing is fetched"


def test_it_is_looked_at_and_deleted_there(root):
    spoil(root, "created")
    app = AppTest.from_file(str(paths.LAB / "dashboard.py"), default_timeout=60).run()
    assert any('"created": 5' in code.value for code in app.sidebar.code)
    app.button(key="shared_delete_unreadable_bad-created").click().run()
    assert not app.exception and not app.sidebar.warning
    assert [each.name for each in trash.contents(root)] == ["bad-created"]
    assert not (root / "bad-created").exists() and (root / "small").exists()


@pytest.mark.parametrize(
    "text",
    ["![x](http://evil.example)", "[a](b)", "<b>", "*x*", "`x`", "$x$", "~x~", ":red[x]", ":smile:", ":material/home:"],
)
def test_what_is_said_is_no_markdown(text):
    assert plain(text) != text
    assert plain(text).replace("\\", "") == text


@pytest.mark.parametrize("text", ["epochs is 5: it must lie between 1 and 3.", "folder:colours", "a_b-c (d), 1×2"])
def test_plain_sentences_stay_as_they_are(text):
    assert plain(text) == text
