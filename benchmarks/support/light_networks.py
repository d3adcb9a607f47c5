"""Options that make the large registered networks quick enough for a test or a benchmark."""

from __future__ import annotations

from typing import Any

LIGHT: dict[str, dict[str, Any]] = {
    "alexnet": {"size": 63, "hidden": 16},
    **{f"vgg-{depth}": {"size": 32, "width": 0.05, "hidden": 16} for depth in (11, 13, 16, 19)},
    "resnet": {"widths": (8, 12, 16, 20)},
    "resnet-50": {"size": 32, "widths": (4, 8, 12, 16), "depths": (1, 2, 1, 2)},
}
