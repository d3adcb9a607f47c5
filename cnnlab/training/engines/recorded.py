"""Steps as one CUDA graph: the GPU gets all of a step's operations at once instead of waiting for each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

import torch
from torch import Tensor, nn

from cnnlab.models.modules.dropout import SeededDropout
from cnnlab.training.engines.cuda_graph import CudaGraphRecorder

log = logging.getLogger(__name__)
WARM_UP = 3  # steps before the recording, in which libraries choose their kernels and the optimiser makes its state
LONGEST = 160  # characters of an error that people are shown


class StepRecorder(Protocol):
    """Records operations and replays them."""

    def aside(self, work: Callable[[], Tensor]) -> Tensor:
        """See CudaGraphRecorder."""

    def record(self, work: Callable[[], Tensor], generators: Sequence[torch.Generator]) -> Tensor:
        """See CudaGraphRecorder."""

    def play(self) -> None:
        """See CudaGraphRecorder."""


class Recorded:
    """Records the step after the first few, which are training like all others, and from then on only plays it.

    The mathematics is that of Eager. What changes between steps stands in tensors that the recording reads: the
    examples' numbers and the scalars. A batch of another size, the last of an epoch, goes operation by operation; so
    does everything once a recording has failed, and `note` says why.
    """

    def __init__(
        self,
        device: torch.device,
        model: nn.Module,
        batch: int,
        generator: torch.Generator,
        recorder: StepRecorder | None = None,
    ):
        """generator: what augments, beside those of the model's dropout; recorder: another way to record, for tests."""
        self.note = ""
        self._device = device
        self._model = model
        self._generator = generator
        self._recorder = recorder or CudaGraphRecorder(device)
        self._chosen = torch.empty(batch, dtype=torch.int64, device=device)
        self._taken = 0  # steps on full batches before the recording
        self._failed = False
        self._result: Tensor | None = None  # of the recorded step
        self._gradients: list[tuple[nn.Parameter, Tensor]] = []  # where the recorded step leaves them
        self._displaced = False  # whether a step in between has put others in their place

    def scalar(self, value: float) -> Tensor:
        """A tensor of no dimensions."""
        return torch.full((), value, device=self._device)

    def adopt(self, optimizer: torch.optim.Optimizer) -> None:
        """Keep all its state on the device and read its learning rates from scalars."""
        # the first steps and incomplete batches are not recorded: torch would warn that this is slow
        optimizer._warned_capturable_if_run_uncaptured = True
        for group in optimizer.param_groups:
            group["lr"] = self.scalar(group["lr"])
            if "capturable" in group and self._device.type == "cuda":  # elsewhere torch refuses it
                group["capturable"] = True

    def step(self, learn: Callable[[Tensor], Tensor], chosen: Tensor) -> Tensor:
        """learn(chosen); the tensor returned is overwritten by the next step."""
        if self._failed or len(chosen) != len(self._chosen):
            return self._plainly(learn, chosen)
        self._chosen.copy_(chosen)
        result = self._result
        if result is None:
            self._taken += 1
            result = self._record(learn) if self._taken > WARM_UP else None
            if result is None:
                return self._plainly(learn, chosen)
        if self._displaced:
            for parameter, gradient in self._gradients:
                parameter.grad = gradient
            self._displaced = False
        self._recorder.play()
        return result

    def _plainly(self, learn: Callable[[Tensor], Tensor], chosen: Tensor) -> Tensor:
        self._displaced = True
        return self._recorder.aside(lambda: learn(chosen))

    def _record(self, learn: Callable[[Tensor], Tensor]) -> Tensor | None:
        """The result of the recorded step, which every play refills; None where recording failed."""
        dropouts = [module.generator for module in self._model.modules() if isinstance(module, SeededDropout)]
        try:
            self._result = self._recorder.record(
                lambda: learn(self._chosen), [self._generator, *filter(None, dropouts)]
            )
        except Exception as error:  # without a recording the step works, or raises a clearer error
            log.warning("a step could not be recorded as a CUDA graph", exc_info=True)
            self._failed = True
            self.note = f"without a CUDA graph, as recording one failed: {_first_line(error)}"
            return None
        self._gradients = [(each, each.grad) for each in self._model.parameters() if each.grad is not None]
        self._displaced = False
        self.note = "each step one CUDA graph"
        return self._result


def _first_line(error: Exception) -> str:
    line = (str(error).strip() or type(error).__name__).splitlines()[0]
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
