"""Digits as people write them with a pen on a tablet, drawn anew for every batch: shapes that MNIST hardly has.

A style is a tuple of strokes, each the points that a pen goes through (x to the right, y down, the digit about 1 high),
joined by a smooth curve; a point given twice is a corner. What a tablet shows and MNIST's paper hardly: a 9 whose tail
curls, a barred 7 with a foot, a 4 that is open or lacks its second stroke, a 1 with a long upstroke, a narrow 3.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from cnnlab.data.augment.chance import Chance
from cnnlab.data.augment.pen_strokes import Style, segments, traced

# fmt: off
STYLES: dict[int, list[Style]] = {
    0: [
        ([(.34, 0), (.06, .2), (.03, .65), (.3, 1), (.6, .75), (.62, .25), (.38, 0)],),
        ([(.4, .03), (.1, .12), (0, .5), (.14, .93), (.45, .98), (.66, .6), (.6, .15), (.3, .04), (.22, .16)],),
        ([(.2, 0), (.02, .45), (.16, .96), (.36, .92), (.42, .4), (.26, .02)],),
    ],
    1: [
        ([(.2, 0), (.2, .5), (.2, 1)],), ([(.34, 0), (.18, .5), (.04, 1)],),
        ([(0, .5), (.42, 0), (.42, 0), (.42, .5), (.4, 1)],),  # a long upstroke
        ([(0, .62), (.24, .34), (.46, 0), (.46, 0), (.44, 1)],), ([(.02, .36), (.3, 0), (.3, 0), (.22, .5), (.14, 1)],),
        ([(0, .3), (.26, 0), (.26, 0), (.26, 1)], [(0, 1), (.28, .99), (.54, 1)]),
    ],
    2: [
        ([(.03, .22), (.26, 0), (.52, .2), (.36, .56), (0, .98), (0, .98), (.3, .95), (.62, 1)],),
        ([(.05, .12), (.4, .02), (.5, .28), (.2, .74), (.02, .96), (.05, .76), (.28, .86), (.62, .96)],),
        ([(0, .1), (.34, .03), (.48, .24), (.22, .62), (0, .96), (0, .96), (.56, .94)],),
    ],
    3: [
        ([(.04, .1), (.3, 0), (.48, .18), (.2, .45), (.2, .45), (.52, .66), (.34, 1), (0, .92)],),
        ([(.06, .06), (.24, .02), (.3, .2), (.14, .44), (.14, .44), (.32, .66), (.24, .96), (0, .96)],),  # narrow
        ([(.04, .05), (.2, 0), (.26, .2), (.1, .46), (.28, .58), (.28, .86), (.02, 1)],),
        ([(0, 0), (0, 0), (.46, 0), (.46, 0), (.2, .4), (.2, .4), (.5, .6), (.42, .95), (0, .95)],),
        ([(0, .08), (.32, 0), (.4, .22), (.14, .46), (.1, .4), (.36, .48), (.46, .76), (.2, 1), (-.04, .9)],),
    ],
    4: [
        ([(.3, 0), (.02, .56), (.02, .56), (.62, .54)], [(.44, .3), (.4, 1)]),
        ([(.08, 0), (.04, .42), (.3, .5), (.56, .4)], [(.56, .02), (.52, .5), (.5, 1)]),  # open
        ([(.1, .02), (0, .5), (0, .5), (.5, .48)], [(.5, .1), (.48, 1)]),  # open, straight
        ([(.42, 0), (.2, .36), (0, .62), (0, .62), (.4, .6), (.66, .6)],),  # without its second stroke
        ([(.1, 0), (.02, .46), (.3, .52), (.5, .3), (.54, 0), (.54, 0), (.5, .5), (.48, 1)],),  # in one stroke
        ([(.5, 0), (0, .66), (0, .66), (.68, .64)], [(.5, .02), (.48, 1)]),
        ([(.44, .02), (.04, .6), (.04, .6), (.6, .58), (.6, .58), (.46, .1), (.44, 1)],),
    ],
    5: [
        ([(.56, .02), (.14, 0), (.14, 0), (.08, .42), (.08, .42), (.42, .42), (.52, .72), (.3, 1), (0, .92)],),
        ([(.1, .04), (.06, .46), (.4, .44), (.52, .74), (.26, 1), (0, .94)], [(.1, .04), (.6, 0)]),
        ([(.5, .02), (.2, .05), (.1, .3), (.34, .46), (.44, .72), (.28, .98), (0, .95)],),
    ],
    6: [
        ([(.44, 0), (.14, .3), (.02, .7), (.2, 1), (.46, .84), (.36, .6), (.08, .72)],),
        ([(.2, 0), (.04, .5), (.08, .92), (.36, .98), (.46, .74), (.26, .62), (.06, .8)],),
        ([(.36, .02), (.06, .4), (.02, .84), (.26, 1), (.42, .82), (.28, .66), (.1, .78), (.16, .88)],),
    ],
    7: [
        ([(0, .04), (.3, .02), (.54, 0), (.54, 0), (.34, .5), (.22, 1)],),
        ([(0, .02), (.56, 0), (.56, 0), (.3, .5), (.16, 1)], [(.1, .5), (.34, .5), (.56, .48)]),
        ([(0, .06), (.28, .02), (.54, .02), (.4, .4), (.22, .82), (.26, 1), (.46, .96)], [(.08, .52), (.52, .48)]),
        ([(.02, .08), (.5, .02), (.5, .02), (.26, .6), (.16, .94), (.34, 1), (.52, .9)], [(.1, .54), (.54, .5)]),
        ([(0, .16), (.04, 0), (.04, 0), (.54, .02), (.4, .4), (.3, 1)], [(.16, .46), (.58, .46)]),
    ],
    8: [
        ([(.46, .1), (.22, 0), (.06, .2), (.3, .48), (.48, .76), (.24, 1), (.02, .78), (.26, .48), (.46, .2)],),
        ([(.26, .46), (.06, .22), (.28, 0), (.46, .22), (.26, .46), (.02, .76), (.26, 1), (.5, .76), (.28, .48)],),
        ([(.4, .04), (.1, .1), (.2, .4), (.44, .66), (.34, .98), (.06, .92), (.1, .64), (.4, .36), (.46, .06)],),
    ],
    9: [
        ([(.5, .12), (.22, 0), (0, .26), (.2, .5), (.48, .3), (.52, .06), (.52, .06), (.5, .55), (.46, 1)],),
        ([(.48, .1), (.2, .02), (.02, .26), (.24, .46), (.48, .24), (.5, .6), (.36, .98), (.04, .94)],),  # it curls
        ([(.46, .14), (.26, 0), (.06, .18), (.2, .42), (.44, .3), (.52, .62), (.42, .94), (.16, 1), (0, .84)],),
        ([(.44, .08), (.14, .06), (.06, .32), (.3, .42), (.44, .2), (.44, .2), (.5, .66), (.3, 1), (.02, .9)],),
        ([(.46, .06), (.14, .04), (.02, .3), (.26, .48), (.48, .1), (.48, .1), (.3, .6), (.14, 1)],),
    ],
}
# fmt: on


def write_digits(images: Tensor, labels: Tensor, fraction: float, generator: torch.Generator) -> Tensor:
    """Images like float [N, 1, 28, 28] of the digits `labels` [N], the first `fraction` of them written with a pen.

    A batch comes shuffled, so that the first of it are any. All randomness comes from `generator`, on their device.
    """
    count = round(fraction * len(images))
    if not count:
        return images
    drawn = _written(labels[:count], generator)
    return torch.cat((drawn[:, None], images[count:]))


def _written(labels: Tensor, generator: torch.Generator) -> Tensor:
    """float [N, 28, 28] in 0..1."""
    ways, first, styles = _ways(labels.device)
    chosen = Chance(len(labels), generator).uniform() * styles[labels]
    path = ways[first[labels] + chosen.floor().long()]  # [N, S, 2 ends, (x, y)]
    return traced(path, generator)


@cache
def _ways(device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """(every style as segments [styles, SEGMENTS, 2, (x, y)], each digit's first one [10], how many it has [10])."""
    ways = [segments(style) for digit in range(10) for style in STYLES[digit]]
    counts = torch.tensor([len(STYLES[digit]) for digit in range(10)])
    return torch.stack(ways).to(device), (counts.cumsum(0) - counts).to(device), counts.to(device)
