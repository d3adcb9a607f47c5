"""Pictures of networks that have to fit into a given room."""

from __future__ import annotations

import re

import pytest

from cnnlab import models
from cnnlab.charts import block_diagram
from cnnlab.charts.block_diagram import Picture
from cnnlab.inspection.architecture import study
from cnnlab.ui.architectures import diagram

WIDTH, HEIGHT = 1224, 560


def picture(name: str) -> Picture:
    shape, classes = models.spec(name).made_for
    return diagram.picture(study(models.outline(name, models.ImageSpec(shape, classes)), shape))


def drawn(pictures: list[Picture], height: float = HEIGHT) -> list[tuple[float, float]]:
    """(width, height) of every picture as it says itself."""
    shown, scale = block_diagram.squeezed(pictures, WIDTH, height)
    texts = [block_diagram.svg(each, scale, "blocks", width=WIDTH) for each in shown]
    return [tuple(map(float, re.search(r'viewBox="0 0 (\S+) (\S+)"', text).groups())) for text in texts]


@pytest.mark.parametrize("spec", models.specs(), ids=lambda spec: spec.name)
def test_every_network_fits_so_that_its_words_are_not_made_smaller(spec):
    ((width, height),) = drawn([picture(spec.name)])
    assert width == WIDTH and height <= HEIGHT


def test_two_networks_fit_one_below_the_other():
    sizes = drawn([picture("alexnet"), picture("vgg-16")], 480)
    assert [width for width, _ in sizes] == [WIDTH, WIDTH]
    assert sum(height for _, height in sizes) <= 480


def test_the_words_go_only_where_there_is_no_room_for_them():
    small = picture("simple-cnn")
    assert block_diagram.squeezed([small], WIDTH, HEIGHT)[0] == [small]
    (bare,), scale = block_diagram.squeezed([small], WIDTH, 180)
    assert not any(column.words for column in bare.columns)
    assert [column.slabs for column in bare.columns] == [column.slabs for column in small.columns]
    assert scale.high < block_diagram.HIGH
