"""What else can be taken along of a run: its program, its network for other tools, its report."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.errors import CnnlabError
from cnnlab.runs.export import own_process
from cnnlab.runs.export.script.notebook import notebook_of
from cnnlab.runs.export.script.whole_script import Script, run_script
from cnnlab.runs.store import Run
from cnnlab.ui import messages
from cnnlab.ui.state.chosen_network import epoch_key
from cnnlab.ui.state.visitor import reserved

NETWORKS = (
    ("onnx", "ONNX", "The network alone: pixels in, logits out; read by ONNX Runtime, OpenCV, browsers."),
    ("pt2", "torch.export", "The network alone: torch.export.load reads it without cnnlab."),
)


def draw(place: DeltaGenerator, run: Run | None) -> None:
    """Draw the button that opens the downloads of `run`; nothing can be opened without one."""
    popover = place.popover(
        "More", icon=":material/ios_share:", disabled=run is None, width="stretch",
        key="runs_take_along", on_change="rerun",
    )  # fmt: skip
    if run is None or not popover.open:
        return
    epoch = st.session_state.get(epoch_key(run.name), run.epochs[-1])
    with popover:
        _program(run)
        st.caption(f"Of epoch {epoch}, as the sidebar has it; made when it is pressed, which takes seconds:")
        with st.container(horizontal=True):
            for kind, label, about in NETWORKS:
                reserved(
                    st.download_button, label, lambda kind=kind: own_process.exported(run, epoch, kind),
                    f"{run.name}.{kind}", "application/octet-stream", key=f"runs_export_{kind}",
                    icon=":material/download:", on_click="ignore", help=about,
                )  # fmt: skip
            reserved(
                st.download_button, "Report", lambda: _report(run, epoch), f"{run.name}.html", "text/html",
                key="runs_report", icon=":material/description:", on_click="ignore",
                help="Settings, curves, mistakes, kernels and shifts in one HTML file that opens without a network.",
            )  # fmt: skip


def _program(run: Run) -> None:
    try:
        script: Script = run_script(run)
    except CnnlabError as error:
        messages.warn(str(error))
        return
    with st.container(horizontal=True):
        st.download_button(
            "Code", script.python, f"{script.name}.py", "text/x-python", key="runs_code", icon=":material/code:",
            on_click="ignore", help="One program that trains it again, on torch and torchvision alone.",
        )  # fmt: skip
        st.download_button(
            "Code as a notebook", lambda: notebook_of(script).encode(), f"{script.name}.ipynb",
            "application/x-ipynb+json", key="runs_notebook", icon=":material/code:", on_click="ignore",
        )  # fmt: skip


def _report(run: Run, epoch: int) -> bytes:
    from cnnlab.report.findings import findings  # here: with them come libraries that no page needs to open
    from cnnlab.report.whole_report import report_html

    return report_html(findings(run, epoch)).encode()
