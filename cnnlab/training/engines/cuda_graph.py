"""Work on a GPU recorded once and played again: a CUDA graph, with the stream and the generators that belong to it."""

from __future__ import annotations

import contextlib
import threading
import warnings
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

# torch 2.11 must be told which generators a graph draws from; later ones see it, and say that they need no telling
warnings.filterwarnings("ignore", message=r"CUDAGraph\.register_generator_state")
_recording = threading.Lock()  # CUDA allows one recording at a time in a process


class CudaGraphRecorder:
    """One recording on `device`.

    Recording leaves other threads free to use the GPU meanwhile, but for torch.cuda.synchronize().
    """

    def __init__(self, device: torch.device):
        self._device = device
        self._stream = torch.cuda.Stream(device)
        self._graph: torch.cuda.CUDAGraph  # by record()

    def aside(self, work: Callable[[], Tensor]) -> Tensor:
        """work() without recording, on the recording's stream, in order with what the caller does before and after.

        What runs before a recording belongs there: gradients and workspaces remember the stream they were made on.
        """
        here = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(here)
        with torch.cuda.stream(self._stream):
            result = work()
        here.wait_stream(self._stream)
        return result

    def record(self, work: Callable[[], Tensor], generators: Sequence[torch.Generator]) -> Tensor:
        """Record work() without carrying it out; every play() refills the tensor it returned.

        `generators` are those that work draws from: each play goes on where they stand. Whatever cannot be recorded
        raises, and the generators are as before.
        """
        graph = torch.cuda.CUDAGraph()
        before = [generator.clone_state() for generator in generators]
        for generator in generators if hasattr(graph, "register_generator_state") else ():
            graph.register_generator_state(generator)
        cause = None
        try:
            # the stream is set outside too: not every torch puts the old one back when a recording fails
            with (
                _recording,
                torch.cuda.stream(self._stream),
                torch.cuda.graph(graph, stream=self._stream, capture_error_mode="thread_local"),
            ):
                try:
                    result = work()
                except Exception as error:
                    cause = error
                    raise
        except Exception as error:
            with contextlib.suppress(RuntimeError):
                graph.reset()
            for generator, state in zip(generators, before, strict=True):
                generator.graphsafe_set_state(state)
            raise cause or error from None  # that a failed recording cannot be ended is no news
        self._graph = graph
        return result

    def play(self) -> None:
        """Carry out the recorded work, on the caller's stream."""
        self._graph.replay()
