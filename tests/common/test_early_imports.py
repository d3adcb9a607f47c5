"""What the first page imports, and what it need not wait for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cnnlab.common import early_imports

FIRST_PAGE = ("shell.sidebar", "shell.presenter", "train.before_start", "train.code_view", "train.live_curves")
LATER = ("torchvision", "torch._dynamo", "scipy.interpolate", "sklearn", "captum", "sympy")


@pytest.mark.slow
def test_the_first_page_imports_nothing_that_takes_long_and_can_wait():
    modules = ", ".join(f"cnnlab.ui.{name}" for name in FIRST_PAGE)
    code = f"import sys, {modules}; print([name for name in {LATER} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_early_ones_are_there_in_the_end():
    early_imports.begin().join()
    assert set(early_imports.LIBRARIES) <= set(sys.modules)
