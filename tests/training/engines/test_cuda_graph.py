"""The order of calls that a recording on a GPU needs; torch.cuda is replaced by one that notes what is asked of it."""

from __future__ import annotations

import inspect
from contextlib import contextmanager

import pytest
import torch

from cnnlab.training.engines.cuda_graph import CudaGraphRecorder

CUDA = torch.device("cuda")


class FakeCuda:
    """Streams by name, the current one last in `streams`."""

    def __init__(self):
        self.calls, self.streams = [], []
        cuda = self

        class Stream:
            def __init__(self, name):
                self.name = name

            def wait_stream(self, other):
                cuda.calls.append(f"{self.name} waits for {other.name}")

        class Graph:
            def register_generator_state(self, generator):
                cuda.calls.append("generator registered")

            def replay(self):
                cuda.note("replay")

            def reset(self):
                cuda.calls.append("reset")
                raise RuntimeError("there is nothing to reset")

        self.main, self.side, self.Graph = Stream("main"), Stream("side"), Graph
        self.streams.append(self.main)

    def note(self, what):
        self.calls.append(f"{what} on {self.streams[-1].name}")

    @contextmanager
    def stream(self, chosen):
        self.streams.append(chosen)
        try:
            yield
        finally:
            self.streams.pop()

    @contextmanager
    def graph(self, graph, stream, capture_error_mode):
        with self.stream(stream):
            self.note(f"recording, {capture_error_mode},")
            try:
                yield
            finally:
                if self.calls[-1] == "spoilt":
                    raise RuntimeError("operation failed due to a previous error during capture")
                self.note("recorded")


class Generator:
    def __init__(self, cuda):
        self.cuda = cuda

    def clone_state(self):
        return "as before"

    def graphsafe_set_state(self, state):
        self.cuda.calls.append(f"generator {state}")


@pytest.fixture
def cuda(monkeypatch):
    cuda = FakeCuda()
    monkeypatch.setattr(torch.cuda, "Stream", lambda device: cuda.side)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: cuda.streams[-1])
    monkeypatch.setattr(torch.cuda, "stream", cuda.stream)
    monkeypatch.setattr(torch.cuda, "CUDAGraph", cuda.Graph)
    monkeypatch.setattr(torch.cuda, "graph", cuda.graph)
    return cuda


def test_work_aside_is_in_order_with_what_comes_before_and_after(cuda):
    assert CudaGraphRecorder(CUDA).aside(lambda: cuda.note("work") or 7) == 7
    assert cuda.calls == ["side waits for main", "work on side", "main waits for side"]


def test_a_recording_is_made_aside_and_played_on_the_callers_stream(cuda):
    recorder = CudaGraphRecorder(CUDA)
    assert recorder.record(lambda: cuda.note("work") or 7, [Generator(cuda)]) == 7
    recorder.play()
    assert cuda.calls == [
        "generator registered",
        "recording, thread_local, on side",
        "work on side",
        "recorded on side",
        "replay on main",
    ]


def test_a_spoilt_recording_says_why_and_leaves_no_trace(cuda):
    def work():
        cuda.calls.append("spoilt")
        raise ValueError("operation not permitted when stream is capturing")

    with pytest.raises(ValueError, match="not permitted"):
        CudaGraphRecorder(CUDA).record(work, [Generator(cuda)])
    assert cuda.calls[-3:] == ["spoilt", "reset", "generator as before"]
    assert cuda.streams == [cuda.main]
    assert CudaGraphRecorder(CUDA).record(lambda: 7, []) == 7  # nothing stays locked


def test_this_torch_has_what_is_asked_of_it():
    assert {"stream", "capture_error_mode"} <= set(inspect.signature(torch.cuda.graph).parameters)
    for owner, names in {
        torch.cuda.CUDAGraph: ("replay", "reset"),
        torch.Generator: ("clone_state", "graphsafe_set_state"),
        torch.cuda.Event: ("record", "query", "synchronize"),
        torch.cuda.Stream: ("wait_stream",),
    }.items():
        assert all(hasattr(owner, name) for name in names), owner
