"""Where written programs are tried: torch and torchvision work there, nothing else that is installed does."""

from __future__ import annotations

import pytest

from benchmarks.support.torch_alone import closure, run, torch_alone


def test_what_torch_and_torchvision_need_is_known():
    assert {"torch", "torchvision", "numpy", "sympy"} <= closure()
    assert not {"streamlit", "pandas", "scipy", "onnx", "cnnlab"} & closure()


@pytest.mark.slow
def test_nothing_else_is_found_there(tmp_path):
    with torch_alone() as packages:
        said = run(packages, "import torchvision; print(torchvision.__version__, sys.argv[1])", "x", cwd=tmp_path)
        assert said.endswith(" x\n")
        for name in ("scipy", "streamlit", "cnnlab"):
            with pytest.raises(RuntimeError, match=f"No module named '{name}'"):
                run(packages, f"import {name}", cwd=tmp_path)
