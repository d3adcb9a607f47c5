"""Images that stay in a file are learned from as those in memory are, to the last bit, and leave nothing behind."""

from __future__ import annotations

from dataclasses import replace

import psutil
import pytest
import torch

from cnnlab.data.image_file import ImageFile
from cnnlab.data.splits import Split
from cnnlab.errors import CnnlabError
from cnnlab.runs import store
from cnnlab.training.interruption import InterruptionError
from cnnlab.training.prefetching import Prefetcher
from cnnlab.training.ranks import Ranks
from cnnlab.training.trainer import Trainer
from tests.support.prepared import trained_to_the_end
from tests.support.rank_processes import results_of

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def lying(small, tmp_path_factory):
    """The small split, its images in a file."""
    path, start, parts = tmp_path_factory.mktemp("images") / "images", 0, []
    path.write_bytes(b"".join(part.images.numpy().tobytes() for part in small))
    for part in small:
        lies = ImageFile(path, start, len(part), part.image_shape)
        parts.append(replace(part, images=lies.mapped(), file=lies))
        start += lies.nbytes
    return Split(*parts)


def readers() -> int:
    return len(psutil.Process().children())


def weights_of(split, settings, root):
    loop = trained_to_the_end(settings, split, root)
    run = store.open_run(loop.recorder.path)
    return loop.trainer.weights(), run


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [{}, {"augment_rotation": 10.0, "outliers": 0.2, "split": "none"}, {"order": "sorted", "batch_size": 333}],
    ids=["plain", "augmented", "sorted"],
)
def test_a_run_is_the_same_to_the_bit_as_one_in_memory(small, lying, config, tmp_path, changes):
    settings = config.replace(**changes)
    before = readers()
    ours, run = weights_of(lying, settings, tmp_path / "file")
    theirs, straight = weights_of(small, settings, tmp_path / "memory")
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    assert run.record.losses == straight.record.losses
    assert [(row.val_loss, row.val_accuracy) for row in run.results] == [
        (row.val_loss, row.val_accuracy) for row in straight.results
    ]
    assert run.outcome.test_loss == straight.outcome.test_loss
    assert readers() == before, "the processes that read have ended"


@pytest.mark.slow
def test_a_step_given_up_and_a_state_taken_over_read_the_right_images(small, lying, config):
    theirs = Trainer(config, small, CPU)
    ours = Trainer(config, lying, CPU)
    for _ in range(3):
        ours.step()
    ours.interrupted = lambda: True
    with pytest.raises(InterruptionError):
        ours.step()
    ours.interrupted = bool
    for _ in range(2):
        ours.step()
    again = Trainer(config, lying, CPU)
    again.go_on(ours.state())
    for _ in range(20):
        again.step()
    for _ in range(25):
        theirs.step()
    assert all(torch.equal(again.weights()[name], value) for name, value in theirs.weights().items())
    for trainer in (ours, again):
        trainer.release()


def stepped(ranks: Ranks, split, settings) -> list[float]:
    trainer = Trainer(settings, split, CPU, ranks=ranks)
    for _ in range(8):
        trainer.step()
    trainer.release()
    return trainer.read_steps(force=True).losses


@pytest.mark.slow
def test_two_processes_read_their_shares(small, lying, config):
    in_memory = results_of(stepped, small, config)
    assert results_of(stepped, lying, config) == in_memory


def test_batches_come_in_their_order_and_a_file_that_is_gone_is_a_sentence(lying, tmp_path):
    images = lying.train.file
    prefetcher = Prefetcher(images, CPU, 7)
    batches = [[3, 1, 2], [1_999], [5] * 7, [0, 1]]
    prefetcher.begin(40, batches)
    for number, batch in enumerate(batches):
        assert prefetcher.step == 40 + number
        assert torch.equal(prefetcher.next(), images.rows(batch))
    assert prefetcher.step == -1
    prefetcher = Prefetcher(replace(images, path=tmp_path / "gone"), CPU, 7)
    prefetcher.begin(0, batches)
    with pytest.raises(CnnlabError, match="gone could not be read .No such file.*: add the data set again"):
        prefetcher.next()
    prefetcher.close()
