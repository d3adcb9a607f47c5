"""Recorded steps give the losses of steps carried out one by one; a CPU stands in for CUDA's graphs."""

from __future__ import annotations

import pytest
import torch

from benchmarks.support.light_networks import LIGHT
from cnnlab import models
from cnnlab.models.modules.dropout import SeededDropout
from cnnlab.training import trainer as trainer_module
from cnnlab.training.engines.recorded import WARM_UP, Recorded
from cnnlab.training.methods.transfer_learning import Sources
from cnnlab.training.trainer import Trainer
from tests.support.recording import CpuStepRecorder, Recorder

CPU = torch.device("cpu")
EVERYTHING = {
    "augment_rotation": 10,
    "augment_shear": 0.2,
    "augment_scale": 0.1,
    "augment_aspect": 0.1,
    "augment_shift": 2,
    "augment_elastic": 0.5,
    "augment_thickness": 0.7,
    "augment_forms": 0.3,
    "augment_written": 0.1,
    "outliers": 0.1,
    "augment_crop": 2,
    "augment_erasing": 0.3,
}
SHORT = {"schedule": "one-cycle", "epochs": 8, "batch_size": 90}  # 7 steps an epoch, the last with 60 images


@pytest.fixture(scope="module")
def few(small):
    """600 of the images to train on."""
    return small._replace(train=small.train.part(0, 600))


@pytest.fixture
def recorded(monkeypatch, few):
    """Makes a Trainer whose steps are recorded on a CPU, and gives it with its recorder."""

    def make(config, sources=None, recorder=None):
        recorder = recorder or CpuStepRecorder()
        with monkeypatch.context() as patch:
            patch.setattr(
                trainer_module,
                "engine_for",
                lambda device, model, batch, generator: Recorded(device, model, batch, generator, recorder),
            )
            return Trainer(config, few, CPU, sources), recorder

    return make


def losses(trainer: Trainer, steps: int) -> list[float]:
    found = []
    for _ in range(steps):
        trainer.step()
        found += trainer.read_steps().losses
    return found + trainer.read_steps(force=True).losses  # those that a GPU still holds


class Refusing(CpuStepRecorder):
    """A GPU that cannot record what it is given."""

    def record(self, work, generators):
        raise RuntimeError("operation not permitted when stream is capturing\nSearch for `cudaErrorStreamCapture…`")


SETTINGS = {
    "adam, dropout, one cycle": {},
    "sgd, everything augmented, averaged": {
        "network": "fast-net",
        "optimizer": "sgd",
        "momentum": 0.9,
        "nesterov": True,
        "learning_rate": 0.05,
        "label_smoothing": 0.1,
        "ema": 0.9,
        **EVERYTHING,
    },
    "adamw, frozen layer, taught": {
        "network": "bn-cnn",
        "optimizer": "adamw",
        "weight_decay": 0.1,
        "freeze": ("conv1",),
        "ema": 0.5,
    },
    "adam, mixed precision": {"network": "fast-net", "mixed_precision": True},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SETTINGS)
def test_recorded_steps_are_the_plain_ones_to_the_last_bit(name, recorded, config):
    settings = config.replace(**SHORT, **SETTINGS[name])
    sources = Sources(teacher=models.build("simple-cnn", seed=5)) if "taught" in name else None
    (fast, recorder), (plain, _) = recorded(settings, sources), recorded(settings, sources, recorder=Refusing())
    assert losses(fast, 50) == losses(plain, 50)
    assert recorder.plays == 50 - 50 // 7 - WARM_UP  # all but the odd last batches and the first steps
    assert fast.engine_note == "each step one CUDA graph"
    assert fast.learning_rate == plain.learning_rate
    assert all(torch.equal(fast.weights()[key], weights) for key, weights in plain.weights().items())


@pytest.mark.slow
@pytest.mark.parametrize("name", list(SETTINGS)[:2])
def test_recorded_steps_give_the_losses_of_the_cpus_engine(name, recorded, config, few):
    """But for the learning rate, which has 32 bits on the device and 64 in Python."""
    settings = config.replace(**SHORT, **SETTINGS[name])
    fast, plain = recorded(settings)[0], Trainer(settings, few, CPU)
    assert losses(fast, 50) == pytest.approx(losses(plain, 50), rel=1e-5)
    assert fast.gradient_norms() == pytest.approx(plain.gradient_norms(), rel=1e-3)
    assert plain.engine_note == "" and fast.learning_rate == plain.learning_rate


def test_gradients_are_those_of_the_last_step_after_an_odd_batch_and_after_the_next(recorded, config, few):
    plain, (fast, _) = Trainer(config.replace(**SHORT), few, CPU), recorded(config.replace(**SHORT))
    for step in range(1, 17):
        plain.step(), fast.step()
        assert fast.gradient_norms() == pytest.approx(plain.gradient_norms(), rel=1e-3), step


def test_a_rate_set_by_hand_reaches_the_recorded_step(recorded, config):
    trainer, recorder = recorded(config.replace(optimizer="sgd", learning_rate=0.5, batch_size=50))
    for _ in range(10):
        trainer.step()
    trainer.learning_rate = 1e-8
    before = trainer.weights()
    trainer.step()
    assert recorder.plays == 11 - WARM_UP and trainer.learning_rate == 1e-8
    assert max((trainer.weights()[name] - before[name]).abs().max().item() for name in before) < 1e-6


def test_all_generators_belong_to_the_recording(recorded, config):
    trainer, recorder = recorded(config.replace(network="mnist-net", augment_shift=1, batch_size=50))
    for _ in range(WARM_UP + 1):
        trainer.step()
    dropouts = [module.generator for module in trainer.model.modules() if isinstance(module, SeededDropout)]
    assert len(dropouts) == 2
    assert set(recorder.generators) == {trainer._generator, *dropouts}


def test_a_failing_recording_is_a_note_and_the_run_goes_on_plainly(recorded, config, few, caplog):
    settings = config.replace(**SHORT)
    trainer, recorder = recorded(settings, recorder=Refusing())
    assert losses(trainer, WARM_UP) and trainer.engine_note == ""
    found = losses(trainer, 20)
    assert found == pytest.approx(losses(Trainer(settings, few, CPU), WARM_UP + 20)[WARM_UP:], rel=1e-5)
    assert trainer.engine_note == (
        "without a CUDA graph, as recording one failed: operation not permitted when stream is capturing"
    )
    assert recorder.plays == 0 and len(caplog.records) == 1


def test_a_batch_that_is_never_full_is_never_recorded(recorded, config):
    trainer, recorder = recorded(config.replace(batch_size=601, epochs=9))
    losses(trainer, 9)
    assert recorder.plays == 0 and trainer.engine_note == ""


@pytest.mark.parametrize("network", [spec.name for spec in models.specs()])
def test_every_networks_step_can_be_recorded(network, mnist):
    """Nothing in it reads a number back or brings one of Python's to the device."""
    model = models.build(network, options=LIGHT.get(network, {})).train()
    images, labels = mnist[0].images[:2].float() / 255, mnist[0].labels[:2]
    with Recorder() as recorder:
        torch.nn.functional.cross_entropy(model(images), labels).backward()
    assert recorder.operations
