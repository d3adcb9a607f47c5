"""Where the live curves' logarithmic axis has its lines."""

from pathlib import Path

import pytest

from cnnlab.ui.components import curve_chart

SOURCE = Path(curve_chart.__file__).with_suffix(".js").read_text()
SPLITS = SOURCE[SOURCE.index("function decades") : SOURCE.index("function short")]


@pytest.mark.parametrize(
    ("low", "high", "lines"),
    [
        (0.01, 3, [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]),
        (1e-6, 3, [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1]),
        (1.9, 2.4, [1.9, 2.0, 2.1, 2.2, 2.3]),  # losses that hardly fall
        (0.3, 1.1, [0.4, 0.6, 0.8, 1.0]),
    ],
)
def test_there_are_always_some(browser, low, high, lines):
    page = browser.new_page()
    found = page.evaluate(f"([low, high]) => {{ {SPLITS}; return decades(low, high) }}", [low, high])
    page.close()
    assert found == pytest.approx(lines)
