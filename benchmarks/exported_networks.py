"""Networks for other tools: does ONNX Runtime answer MNIST's 10,000 test images as torch does?

    python -m benchmarks.exported_networks [--only simple-cnn,polyphase-cnn …]

Claim: for every network of the registry, trained for 30 steps of A0's recipe, and for every shipped run, no logit
differs by more than 1e-4 and no answer does; but for images of polyphase-cnn of which two ways to drop pixels are as
strong but for rounding, where torch's own memory layouts differ as much. Large networks are made small by their options
(benchmarks/support/light_networks.py). The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

import numpy as np
import onnxruntime
import torch

from benchmarks.support.light_networks import LIGHT
from benchmarks.support.machine import describe_machine
from cnnlab import models
from cnnlab.common.threads import one_thread
from cnnlab.data import datasets
from cnnlab.runs import launch, store
from cnnlab.runs.export.network_file import onnx_bytes
from cnnlab.runs.store import Checkpoint
from cnnlab.training.recipes import recipe
from cnnlab.training.trainer import Trainer

STEPS, BATCH = 30, 500
TOLERANCE = 1e-4


def main() -> None:
    """Run the benchmark; see above."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", type=lambda text: text.split(","))
    only = parser.parse_args().only
    print(describe_machine())
    print(f"{'network':22} {'largest difference':>20} {'images beyond':>14} {'other answers':>14} {'bytes':>12}")
    images, rows = datasets.load("mnist")[1].images, []
    for checkpoint in _networks(only):
        content = onnx_bytes(checkpoint)
        session = onnxruntime.InferenceSession(content)
        answers = np.concatenate([session.run(None, {"images": some.numpy()})[0] for some in images.split(BATCH)])
        ours = models.logits_of(checkpoint.model, images).numpy()
        differences = np.abs(answers - ours).max(1)
        worst, beyond = float(differences.max()), int((differences > TOLERANCE).sum())
        other = int((answers.argmax(1) != ours.argmax(1)).sum())
        print(f"{checkpoint.run:22} {worst:20.1e} {beyond:14} {other:14} {len(content):12,}", flush=True)
        rows.append({"network": checkpoint.run, "difference": worst, "beyond": beyond, "other_answers": other})
    print(json.dumps({"images": len(images), "networks": rows}))


def _networks(only: list[str] | None) -> Iterator[Checkpoint]:
    for run in reversed(store.list_runs()[0]):
        if only is None or run.name in only:
            yield store.load(run, run.epochs[-1])
    for spec in models.specs():
        if only is not None and spec.name not in only:
            continue
        config = recipe("a0-simple-cnn").config.replace(
            network=spec.name, options=LIGHT.get(spec.name, {}), device="cpu"
        )
        with one_thread():
            trainer = Trainer(config, launch.data_of(config), torch.device("cpu"))
            for _ in range(STEPS):
                trainer.step()
        model = trainer.model.eval().requires_grad_(False).to(memory_format=torch.contiguous_format)
        yield Checkpoint(spec.name, 0, model, config, tuple("0123456789"), (1, 28, 28), "")


if __name__ == "__main__":
    main()
