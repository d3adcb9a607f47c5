from __future__ import annotations

import numpy as np
import pytest

from cnnlab.evaluation.prediction_filter import ORDERS, Filter, choose, page, page_count
from tests.evaluation.test_confusion_matrix import made

ANSWERS = made([0, 1, 2, 0, 1], [0, 2, 2, 1, 1], [0.5, 0.9, 0.7, 0.6, 0.8])


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        (Filter(), [0, 1, 2, 3, 4]),
        (Filter(wrong_only=True), [1, 3]),
        (Filter(true=1), [1, 4]),
        (Filter(predicted=2), [1, 2]),
        (Filter(wrong_only=True, true=0, predicted=1), [3]),
        (Filter(true=2, predicted=0), []),
        (Filter(lowest=0.55, highest=0.75), [2, 3]),
        (Filter(order=ORDERS[1]), [1, 4, 2, 3, 0]),
        (Filter(order=ORDERS[2], wrong_only=True), [3, 1]),
    ],
)
def test_filters(wanted, places):
    assert choose(ANSWERS, wanted).tolist() == places


def test_pages_hold_every_image_once():
    places = np.arange(95)
    pages = [page(places, number, 30) for number in range(1, page_count(95, 30) + 1)]
    assert np.concatenate(pages).tolist() == list(range(95)) and len(pages) == 4
    assert page(places, 99, 30).tolist() == list(range(90, 95)), "past the end: the last page"
    assert page_count(0, 30) == 1 and not len(page(np.arange(0), 1, 30))
