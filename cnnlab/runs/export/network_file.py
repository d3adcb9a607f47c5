"""A network for other tools: ONNX, which most runtimes read, and torch.export's own file."""

from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram

import cnnlab
from cnnlab.common.files import replacing
from cnnlab.common.text import first_line
from cnnlab.errors import CnnlabError
from cnnlab.runs.store import Checkpoint

Result = TypeVar("Result")
EXAMPLES = 2  # images that show the exporter the way; a file takes any number
METADATA = "about.json"  # in a .pt2, what an .onnx keeps among its own metadata


class RawPixels(nn.Module):
    """A network that takes pixels as image files have them, uint8 0..255, and scales them itself."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """uint8 [N, C, H, W] to logits [N, classes]."""
        return self.network(images.float() / 255)


def about(checkpoint: Checkpoint, pixels: str) -> dict[str, str]:
    """What a file says of itself, as texts. pixels: what it takes, "uint8, 0 to 255"."""
    shape = ", ".join(map(str, checkpoint.image_shape))
    ground = " Ink is bright on black, as in MNIST: invert a digit on white paper." if _digits(checkpoint) else ""
    return {
        "run": checkpoint.run,
        "epoch": str(checkpoint.epoch),
        "network": checkpoint.config.network,
        "dataset": checkpoint.config.dataset,
        "classes": json.dumps(list(checkpoint.classes)),
        "preparation": f"images [N, {shape}], {pixels}; normalisation is part of the network.{ground}",
        "output": "logits [N, classes]: the largest is the answer, their softmax the probabilities",
        "made_by": f"cnnlab {cnnlab.__version__}, torch {torch.__version__}",
    }


def onnx_bytes(checkpoint: Checkpoint) -> bytes:
    """The network as ONNX: "images" uint8 [N, C, H, W] in, "logits" float [N, classes] out, any N.

    Raises CnnlabError where it cannot be written so. While it works, no other thread of the process may call a network
    (torch traces by changing nn.Module itself): see own_process.
    """

    def write() -> bytes:
        program = _quietly(
            lambda: torch.onnx.export(
                _exported(RawPixels(checkpoint.model), _pixels(checkpoint)),
                dynamo=True,
                input_names=["images"],
                output_names=["logits"],
                verbose=False,
            )
        )
        assert program is not None, "it returns none only while it is told to write a file itself"
        model = program.model_proto
        for part in (*model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output):
            del part.metadata_props[:]  # where in which file of this machine each came from
        for function in model.functions:
            for part in function.node:
                del part.metadata_props[:]
        model.producer_name = "cnnlab"
        for name, value in about(checkpoint, "uint8, 0 to 255").items():
            model.metadata_props.add(key=name, value=value)
        return model.SerializeToString()

    return _refusing(checkpoint, "ONNX", write)


def pt2_bytes(checkpoint: Checkpoint) -> bytes:
    """The network as torch.export.load reads it: float [N, C, H, W] in 0 to 1 in, logits out, any N.

    Its weights have the names that they have in the run. Raises, and asks for, the same as onnx_bytes.
    """

    def write() -> bytes:
        program = _quietly(lambda: _exported(checkpoint.model, _pixels(checkpoint).float() / 255))
        for node in program.graph.nodes:
            node.meta.pop("stack_trace", None)  # where in which file of this machine it came from
        content = io.BytesIO()
        told = json.dumps(about(checkpoint, "float, 0 to 1"), indent=1)
        torch.export.save(program, content, extra_files={METADATA: told})
        return content.getvalue()

    return _refusing(checkpoint, "torch.export", write)


FORMATS: dict[str, Callable[[Checkpoint], bytes]] = {"onnx": onnx_bytes, "pt2": pt2_bytes}


def export_network(checkpoint: Checkpoint, kind: str, target: Path) -> Path:
    """Write the network as one of FORMATS, whole or not at all; return its path, in `target` where that is a folder.

    Raises CnnlabError for another ending, or when the disk refuses.
    """
    target = target / f"{checkpoint.run}.{kind}" if target.is_dir() else target
    if target.suffix != f".{kind}":
        raise CnnlabError(f"{target} does not end in .{kind}: name the file so, or choose another --format.")
    content = FORMATS[kind](checkpoint)
    try:
        with replacing(target) as file:
            file.write(content)
    except OSError as error:
        raise CnnlabError(
            f"{target} could not be written ({error.strerror or error}): choose another place."
        ) from error
    return target


def _digits(checkpoint: Checkpoint) -> bool:
    return all(name.isdigit() for name in checkpoint.classes)


def _pixels(checkpoint: Checkpoint) -> Tensor:
    return torch.zeros(EXAMPLES, *checkpoint.image_shape, dtype=torch.uint8)


def _exported(model: nn.Module, images: Tensor) -> ExportedProgram:
    return torch.export.export(model.eval(), (images,), dynamic_shapes=({0: Dim("batch", min=1)},))


def _quietly(work: Callable[[], Result]) -> Result:
    """What `work` returns, without the exporter's remarks about itself."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "onnxscript", "onnx_ir")]
    levels = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            return work()
    finally:
        for each, level in zip(loggers, levels, strict=True):
            each.setLevel(level)


def _refusing(checkpoint: Checkpoint, what: str, work: Callable[[], bytes]) -> bytes:
    try:
        return work()
    except Exception as error:  # an exporter fails in many ways
        raise CnnlabError(
            f"{checkpoint.run} could not be written for {what} ({first_line(error)}): export it as a zip instead."
        ) from error
