"""A run's report: its numbers against an independent way to get them, and nothing to be fetched."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from cnnlab import models
from cnnlab.data import datasets
from cnnlab.errors import CnnlabError
from cnnlab.evaluation.shifts import shifted
from cnnlab.report import findings as measured
from cnnlab.report.findings import REACH, findings
from cnnlab.report.whole_report import report_html
from cnnlab.runs import store

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found(trained):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measured, "IMAGES", 60)
        return findings(store.open_run(trained[0] / "small"), 2)


@pytest.fixture(scope="module")
def page(found):
    return report_html(found)


def text(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def test_it_is_whole_and_asks_no_network_for_anything(page):
    class Reader(HTMLParser):
        open: list[str] = []
        asked: list[str] = []

        def handle_starttag(self, tag, attributes):
            if tag not in ("meta", "img", "path", "rect", "line", "br"):
                self.open.append(tag)
            self.asked += [value for name, value in attributes if name in ("src", "href", "xlink:href")]

        def handle_endtag(self, tag):
            if self.open and self.open[-1] == tag:
                self.open.pop()

    reader = Reader()
    reader.feed(page)
    assert not reader.open
    assert reader.asked and all(each.startswith(("data:image/png;base64,", "#")) for each in reader.asked)
    assert "<script" not in page and "@import" not in page and "url(http" not in page


def test_accuracy_and_classes_are_scikit_learns(found, page):
    test = datasets.load("mnist")[1]
    answers = models.logits_of(found.checkpoint.model, test.images).argmax(1).numpy()
    accuracy = accuracy_score(test.labels.numpy(), answers)
    assert f"{accuracy:.2%} of 10,000 test images are classified correctly" in text(page)
    precision, recall, f1, support = precision_recall_fscore_support(test.labels.numpy(), answers)
    for digit in range(10):
        row = f"{digit} {precision[digit]:.4f} {recall[digit]:.4f} {f1[digit]:.4f} {support[digit]:,}"
        assert row in text(page)


def test_the_worst_mistakes_are_the_surest_wrong_answers(found, page):
    probabilities = models.logits_of(found.checkpoint.model, found.test.images).softmax(1)
    sure, said = probabilities.max(1)
    wrong = (said != found.test.labels).nonzero().flatten()
    first = wrong[sure[wrong].argmax()]
    assert found.worst[0] == first and len(found.worst) == measured.WORST
    label = f"{found.test.labels[first]} → {said[first]}, {sure[first]:.1%}"
    assert label in text(page) and page.count("<img") == measured.WORST + 16


def test_the_shift_curve_ends_where_images_moved_by_hand_do(found, page):
    model, some = found.checkpoint.model, np.arange(60) * 10_000 // 60
    images, labels = found.test.images[some], found.test.labels[some]
    steps = [(x, y) for x in (-REACH, 0, REACH) for y in (-REACH, 0, REACH) if x or y]
    right = [(models.logits_of(model, shifted(images, *step)).argmax(1) == labels).float().mean() for step in steps]
    assert f"{np.mean(right):.1%} when moved by {REACH}" in text(page)


def test_it_says_how_to_make_the_run_again(page):
    assert "python -m cnnlab train --recipe" in text(page) and "--set batch_size=100" in text(page)
    assert "class SimpleCNN(nn.Module)" in text(page)


def test_names_from_outside_are_no_html(found, monkeypatch):
    monkeypatch.setattr(type(found.run), "name", property(lambda run: "<b>x</b>"))
    assert "<b>x</b>" not in report_html(found)


def test_a_network_that_ran_away_is_refused(trained, monkeypatch):
    run = store.open_run(trained[0] / "small")
    checkpoint = store.load(run, 2)
    next(checkpoint.model.parameters()).data.fill_(float("nan"))
    monkeypatch.setattr(store, "load", lambda run, epoch: checkpoint)
    with pytest.raises(CnnlabError, match="small answers with no numbers after epoch 2"):
        findings(run, 2)
