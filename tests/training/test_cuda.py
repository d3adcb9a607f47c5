"""What only a GPU can show; a CPU's stand-in for it is in test_engines.py and test_step_metrics.py."""

from __future__ import annotations

import threading

import pytest
import torch
from torch import Tensor, nn

from cnnlab import models
from cnnlab.training import trainer as trainer_module
from cnnlab.training.devices import describe
from cnnlab.training.engines.eager import Eager
from cnnlab.training.engines.recorded import WARM_UP
from cnnlab.training.runner import Runner
from cnnlab.training.step_metrics import Ring
from cnnlab.training.trainer import Trainer
from tests.support.prepared import prepared
from tests.training.engines.test_engines import EVERYTHING, losses
from tests.training.test_loop import Notebook

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
CUDA = torch.device("cuda")
RECORDED = "each step one CUDA graph"
SETTINGS = {
    "adam": {},
    "sgd": {"optimizer": "sgd", "momentum": 0.9, "nesterov": True, "learning_rate": 0.05, "network": "fast-net"},
    "adamw": {"optimizer": "adamw", "weight_decay": 0.1, "network": "bn-cnn", "freeze": ("conv1",), "ema": 0.9},
    "rmsprop": {"optimizer": "rmsprop", "momentum": 0.5, "learning_rate": 3e-4},
    "augmented": {**EVERYTHING, "label_smoothing": 0.1, "ema": 0.9},
    "mixed": {"network": "fast-net", "mixed_precision": True},
}
# of the losses over 50 steps: additions on a GPU come in any order, and a learning rate has 32 bits there instead of 64
TOLERANCE = {"mixed": 5e-2}
USUAL = 5e-3


@pytest.fixture
def settings(config, monkeypatch):
    """14 steps an epoch, the last with 50 images; repeatable as far as cuDNN can be."""
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", True)
    return config.replace(device="cuda", schedule="one-cycle", epochs=4, batch_size=150)


@pytest.fixture
def plain(monkeypatch, small):
    """Makes a Trainer on the GPU whose steps are not recorded."""

    def make(config):
        with monkeypatch.context() as patch:
            patch.setattr(trainer_module, "engine_for", lambda device, model, batch, generator: Eager())
            return Trainer(config, small, CUDA)

    return make


@pytest.mark.parametrize("name", SETTINGS)
def test_recorded_steps_give_the_losses_of_plain_ones(name, settings, plain, small):
    config = settings.replace(**SETTINGS[name])
    fast, slow = Trainer(config, small, CUDA), plain(config)
    assert losses(fast, 50) == pytest.approx(losses(slow, 50), rel=TOLERANCE.get(name, USUAL))
    assert fast.engine_note == RECORDED and slow.engine_note == ""
    assert fast.learning_rate == slow.learning_rate


def test_the_first_recorded_steps_are_the_plain_ones_closely(settings, plain, small):
    """Before rounding has had time to grow: the steps that warm up count, and none is taken twice."""
    fast, slow = Trainer(settings, small, CUDA), plain(settings)
    assert losses(fast, WARM_UP + 5) == pytest.approx(losses(slow, WARM_UP + 5), rel=1e-4)
    for name, weights in slow.weights().items():
        torch.testing.assert_close(fast.weights()[name], weights, rtol=1e-2, atol=1e-4)


def test_gradients_are_those_of_the_last_step_after_an_odd_batch_and_after_the_next(settings, plain, small):
    fast, slow = Trainer(settings, small, CUDA), plain(settings)
    for step in range(1, 17):
        fast.step()
        slow.step()
        assert fast.gradient_norms() == pytest.approx(slow.gradient_norms(), rel=1e-2), step


def test_a_rate_set_by_hand_reaches_the_recorded_step(settings, small):
    trainer = Trainer(settings.replace(optimizer="sgd", learning_rate=0.5, schedule="constant"), small, CUDA)
    losses(trainer, 10)
    assert trainer.engine_note == RECORDED
    trainer.learning_rate = 1e-8
    before = trainer.weights()
    trainer.step()
    after = trainer.weights()
    assert max((after[name] - before[name]).abs().max().item() for name in before) < 1e-6


def test_recording_beside_a_prediction_in_another_thread(settings, plain, small):
    """Both on the GPU: neither disturbs the other."""
    network = models.build("simple-cnn", seed=9).to(CUDA)
    images = small.test.images.to(CUDA)
    expected = models.logits_of(network, images).cpu()
    stop, begun, problems, rounds = threading.Event(), threading.Event(), [], 0

    def predict():
        nonlocal rounds
        try:
            while not stop.is_set():
                torch.testing.assert_close(models.logits_of(network, images).cpu(), expected, rtol=1e-3, atol=1e-3)
                rounds += 1
                begun.set()
        except Exception as error:
            problems.append(error)
            begun.set()

    thread = threading.Thread(target=predict, daemon=True)
    thread.start()
    try:
        assert begun.wait(60)
        trainer = Trainer(settings, small, CUDA)
        found = losses(trainer, 40)
    finally:
        stop.set()
        thread.join(60)
    assert not problems and rounds > 1
    assert trainer.engine_note == RECORDED
    assert found == pytest.approx(losses(plain(settings), 40), rel=USUAL)


def test_recorded_steps_wait_for_nothing(settings, small):
    trainer = Trainer(settings.replace(batch_size=50, ema=0.9, **EVERYTHING), small, CUDA)
    first = losses(trainer, WARM_UP + 2)
    assert trainer.engine_note == RECORDED
    torch.cuda.set_sync_debug_mode("error")
    try:
        read = []
        for _ in range(30):  # all in the first epoch of 40 steps
            trainer.step()
            read += trainer.read_steps().losses
    finally:
        torch.cuda.set_sync_debug_mode("default")
    read += trainer.read_steps(force=True).losses
    assert len(first) == WARM_UP + 2 and len(read) == 30


class Peeking(nn.Module):
    """A network that looks at a number, for which the GPU must be waited for."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        return self.network(x) if x.sum().item() >= 0 else x


def test_what_cannot_be_recorded_is_a_note_and_the_run_goes_on_plainly(settings, plain, small):
    """With the same dropout masks and augmentation as ever: a recording that fails leaves no trace."""
    config = settings.replace(augment_shift=2)
    trainer = Trainer(config, small, CUDA)
    trainer._network = Peeking(trainer._network)
    found = losses(trainer, 20)
    assert trainer.engine_note.startswith("without a CUDA graph, as recording one failed: ")
    assert "\n" not in trainer.engine_note
    assert found == pytest.approx(losses(plain(config), 20), rel=USUAL)
    again = Trainer(config, small, CUDA)  # and the next run is recorded as if nothing had happened
    assert losses(again, 20) == pytest.approx(found, rel=USUAL)
    assert again.engine_note == RECORDED


def test_results_come_round_the_ring_in_order():
    ring = Ring(CUDA, bundle=3, bundles=2)
    result, seen = torch.empty(2, device=CUDA), []
    for step in range(50):
        ring.add(result.fill_(step))
        seen += ring.read(step % 7 == 0)[:, 0].tolist()
    seen += ring.read(True)[:, 0].tolist()
    assert seen == list(range(50))


def test_what_the_gpu_scores_is_what_the_cpu_scores(settings, small):
    trainer = Trainer(settings.replace(ema=0.9), small, CUDA)
    losses(trainer, 40)
    network = models.build("simple-cnn")
    network.load_state_dict(trainer.weights())
    on_cpu, on_gpu = models.score(network, small.test), trainer.score_test()
    assert on_gpu.loss == pytest.approx(on_cpu.loss, rel=1e-2)
    assert on_gpu.accuracy == pytest.approx(on_cpu.accuracy, abs=3e-3)


def test_a_watched_run_on_the_gpu(settings, small):
    runner, notebook = Runner(), Notebook()
    runner.start(prepared(settings, small, notebook))
    while runner.snapshot().active:
        runner.live_weights()
        runner.wait(0.05)
    snapshot = runner.snapshot()
    assert (snapshot.state, snapshot.error) == ("finished", None)
    assert snapshot.device == describe(CUDA, RECORDED)
    assert len(snapshot.losses) == snapshot.total_steps and snapshot.losses[-1] < 0.6 * snapshot.losses[0]
