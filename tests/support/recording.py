"""What a CUDA graph does, on a CPU: operations with the memory and the numbers they had when they were recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

WAITING = ("_local_scalar_dense", "nonzero", "lift_fresh", "equal")  # a GPU would have to be waited for


def tensors(values: object) -> list[Tensor]:
    return [each for each in tree_leaves(values) if isinstance(each, Tensor)]


def memory(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


class Recorder(TorchDispatchMode):
    """Notes every operation; raises, as CUDA does, for one whose result Python waits for."""

    def __init__(self):
        super().__init__()
        self.operations = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        if function.overloadpacket.__name__ in WAITING:
            raise RuntimeError(f"{function} is not permitted when a stream is capturing\nand more lines")
        result = function(*args, **(kwargs or {}))
        self.operations.append((function, args, kwargs or {}, result))
        return result


class CpuStepRecorder:
    """Plays by carrying out the recorded operations on the recorded tensors: a changed Python number goes unnoticed.

    Unlike CUDA it cannot record without carrying out, so the play after the recording has nothing left to do.
    """

    def __init__(self):
        self.plays = 0
        self.generators: Sequence[torch.Generator] = ()
        self._operations = []
        self._done = False

    def aside(self, work: Callable[[], Tensor]) -> Tensor:
        return work()

    def record(self, work: Callable[[], Tensor], generators: Sequence[torch.Generator]) -> Tensor:
        self.generators = generators
        with Recorder() as recorder:
            result = work()
        self._operations, self._done = recorder.operations, True
        return result

    @torch.no_grad()
    def play(self) -> None:
        self.plays += 1
        if self._done:
            self._done = False
            return
        for function, args, kwargs, recorded in self._operations:
            given = {memory(each) for each in tensors((args, kwargs))}
            anew = function(*args, **kwargs)
            for old, new in zip(tensors(recorded), tensors(anew), strict=True):
                if memory(old) not in given:  # neither a view nor in place
                    old.copy_(new)
