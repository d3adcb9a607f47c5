"""Where the live curves' logarithmic axis has its lines."""

from pathlib import Path

import pytest

from cnnlab.ui.components import curve_chart

SOURCE = Path(curve_chart.__file__).with_suffix(".js").read_text()
LABELS = next(line for line in SOURCE.splitlines() if line.startswith("const FONT"))
SPLITS = LABELS + "\n" + SOURCE[SOURCE.index("function decades") : SOURCE.index("// The lines' names")]


@pytest.mark.parametrize(
    ("low", "high", "lines"),
    [
        (0.01, 3, [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]),
        (1e-6, 3, [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1]),
        (1.9, 2.4, [1.9, 2.0, 2.1, 2.2, 2.3]),  # losses that hardly fall
        (0.3, 1.1, [0.4, 0.6, 0.8, 1.0]),
        (2, 3e31, [1e5, 1e10, 1e15, 1e20, 1e25, 1e30]),  # a learning rate of 100
    ],
)
def test_there_are_always_some(browser, low, high, lines):
    page = browser.new_page()
    found = page.evaluate(f"([low, high]) => {{ {SPLITS}; return decades(low, high) }}", [low, high])
    page.close()
    assert found == pytest.approx(lines)


@pytest.mark.parametrize(
    ("value", "label"),
    [(0.02, "0.02"), (2, "2"), (1e8, "10⁸"), (5e-7, "5×10⁻⁷"), (2.3e29, "2.3×10²⁹"), (0, "0"), (20_000, "20,000")],
)
def test_numbers_too_long_to_read_are_powers_of_ten(browser, value, label):
    page = browser.new_page()
    assert page.evaluate(f"(value) => {{ {SPLITS}; return written({{ percent: false }}, value) }}", value) == label
    page.close()
