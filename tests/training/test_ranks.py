"""Two processes that share every batch learn what one learns; what is rounded otherwise grows over the steps."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from cnnlab.errors import CnnlabError
from cnnlab.training.config import TrainConfig
from cnnlab.training.ranks import ALONE, RankGoneError, Ranks, launched
from cnnlab.training.shared_layers import tell_share
from cnnlab.training.trainer import Trainer
from tests.support.rank_processes import results_of
from tests.training.test_resumption import LAYERS

CPU = torch.device("cpu")
STEPS = 30  # of them the 23rd is an epoch's last, of 20 images instead of 90
LOSSES, WEIGHTS = 1e-4, 1e-4  # measured: 2e-5 at most of a loss; Adam makes steps even of gradients that only round
BASE = TrainConfig(epochs=3, batch_size=90, device="cpu")
SMALL = BASE.replace(network="custom", options={"layers": LAYERS}, optimizer="sgd", learning_rate=0.01, momentum=0.9)
CASES = {
    "A0, with its dropout": BASE,
    "augmented": BASE.replace(augment_rotation=10.0, augment_shift=2.0, augment_elastic=1.0, augment_erasing=0.3),
    "smoothed labels, average, momentum": BASE.replace(
        label_smoothing=0.1, ema=0.99, optimizer="sgd", momentum=0.9, learning_rate=0.02
    ),
    "batch normalisation": SMALL,
    "outliers, written digits": BASE.replace(outliers=0.2, augment_written=0.2),
    "a last batch of one image": SMALL.replace(batch_size=1_999),
}


def trained(ranks: Ranks, split, cases: dict[str, TrainConfig]) -> dict:
    """(losses, accuracies, weights, loss on the validation images) of each case."""
    found = {}
    for name, config in cases.items():
        trainer = Trainer(config, split, CPU, ranks=ranks)
        for _ in range(min(STEPS, trainer.total_steps)):
            trainer.step()
        read = trainer.read_steps(force=True)
        weights = {each: value.numpy() for each, value in trainer.weights().items()}
        found[name] = (read.losses, read.accuracies, weights, trainer.score_validation().loss)
    return found


@pytest.fixture(scope="module")
def together(small):
    """Of rank 0 and of rank 1."""
    return results_of(trained, small, CASES)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_two_processes_learn_what_one_does(small, together, name):
    losses, accuracies, weights, validated = trained(ALONE, small, {name: CASES[name]})[name]
    shared, right, learned, loss = together[0][name]
    assert shared == pytest.approx(losses, rel=LOSSES)
    assert right == pytest.approx(accuracies, abs=2e-3), "but for an image between two classes"
    assert loss == pytest.approx(validated, rel=LOSSES)
    if CASES[name].optimizer == "sgd":
        for each, value in weights.items():
            assert learned[each] == pytest.approx(value, abs=WEIGHTS), each


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_both_hold_the_same_weights_and_rank_0_alone_has_losses(together, name):
    (_, _, ours, _), (losses, _, theirs, _) = (each[name] for each in together)
    assert losses == []
    for each, value in ours.items():
        if "running" not in each:  # rank 0's alone are measured and saved
            assert (value == theirs[each]).all(), each


def normalised(ranks: Ranks, x: torch.Tensor) -> tuple:
    """(what comes out of the rank's share of x, its gradient, running mean, running variance), in float64."""
    torch.manual_seed(0)
    model = ranks.prepared(nn.Sequential(nn.BatchNorm2d(3, dtype=torch.float64)))
    for layer in model[0].parameters():
        nn.init.uniform_(layer)
    share = ranks.share(len(x))
    tell_share(model, share)
    mine = share.of(x).clone().requires_grad_()
    out = model(mine)
    (out.sin() * share.of(x).cos()).sum().mul(share.counts).backward()
    return tuple(each.detach().numpy() for each in (out, mine.grad, model[0].running_mean, model[0].running_var))


@pytest.mark.parametrize("count", [7, 1])
def test_batch_normalisation_of_shares_is_that_of_the_batch(count):
    x = torch.randn(count, 3, 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    whole = normalised(ALONE, x)
    for rank, found in enumerate(results_of(normalised, x)):
        for ours, theirs in zip(found[:2], whole[:2], strict=True):
            assert rank >= count or ours == pytest.approx(theirs[rank::2], abs=1e-12)
        for ours, theirs in zip(found[2:], whole[2:], strict=True):
            assert ours == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("world", [1, 2, 3, 5])
@pytest.mark.parametrize("count", [1, 2, 4, 90])
def test_shares_are_a_batch_and_their_weighed_means_its_mean(world, count):
    values, known = torch.arange(1.0, count + 1).square(), max(1, count - 1)
    shares = [Ranks(rank, world).share(count) for rank in range(world)]
    assert sum(share.between(0, known) for share in shares) == known
    assert sum(share.between(known, count) for share in shares) == count - known
    taken = torch.cat([share.of(values)[: share.between(0, count)] for share in shares])
    assert sorted(taken.tolist()) == values.tolist()
    assert all(len(share.of(values)) for share in shares), "a process without an image could take no step"
    means = []
    for share in shares:
        mine = share.between(0, known)
        means.append(share.weighed(share.of(values)[:mine].mean(), mine, known) if mine else torch.zeros(()))
    assert torch.stack(means).mean().item() == pytest.approx(values[:known].mean().item())


def test_alone_where_torchrun_started_nothing(monkeypatch):
    for name in ("RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    assert launched() is ALONE
    monkeypatch.setenv("RANK", "3")  # other programs set some of them
    assert launched() is ALONE


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"RANK": "x"}, "RANK is 'x'"), ({"WORLD_SIZE": "-2"}, "WORLD_SIZE is '-2'"), ({"RANK": "2"}, "RANK is 2, but")],
)
def test_what_torchrun_never_says_is_a_sentence(monkeypatch, changes, said):
    told = {"RANK": "1", "LOCAL_RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "1"}
    for name, value in (told | changes).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(CnnlabError, match=said):
        launched()


def test_what_several_cannot_do_is_a_sentence(small):
    with pytest.raises(CnnlabError, match="batch_size is 2, but 3 processes share"):
        Trainer(BASE.replace(batch_size=2), small, CPU, ranks=Ranks(0, 3))
    with pytest.raises(CnnlabError, match="device is 'mps': several processes"):
        Ranks(0, 2).device(torch.device("mps"))
    with pytest.raises(CnnlabError, match=r"--nproc-per-node \d+"):
        Ranks(99, 100, 99).device(torch.device("cuda"))


def test_another_processs_end_is_told_from_errors_of_ones_own():
    said = r"Rank 1 of the 2 processes .* \(\[gloo\] Connection closed by peer\)"
    with pytest.raises(RankGoneError, match=said), Ranks(0, 2).noticing():
        raise RuntimeError("[gloo] Connection closed by peer\nmore")
    with pytest.raises(RuntimeError, match="shapes differ"), Ranks(0, 2).noticing():
        raise RuntimeError("shapes differ")
    with pytest.raises(RuntimeError, match="gloo") as caught, ALONE.noticing():
        raise RuntimeError("gloo")
    assert not isinstance(caught.value, CnnlabError)
