"""Building, scoring and listing networks; SimpleCNN against the article's layers in plain torch."""

from __future__ import annotations

import threading

import pytest
import torch
from torch import nn

from cnnlab import models
from cnnlab.errors import CnnlabError
from cnnlab.models.modules.dropout import SeededDropout
from cnnlab.models.modules.normalize import Normalize


def reference_simple_cnn() -> nn.Module:
    """A0's network in plain torch.nn, as the article writes it."""
    return nn.Sequential(
        nn.Conv2d(1, 16, kernel_size=5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, kernel_size=5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(1568, 128),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Linear(128, 10),
    )


def test_simple_cnn_has_the_articles_parameters_and_shapes():
    model = models.build("simple-cnn")
    assert models.parameter_count(model) == 215_370
    assert model.conv1.weight.shape == (16, 1, 5, 5) and model.conv2.weight.shape == (32, 16, 5, 5)
    shapes, x = [], torch.zeros(1, 1, 28, 28)
    for layer in model.eval():
        x = layer(x)
        shapes.append(tuple(x.shape[1:]))
    assert list(dict.fromkeys(shapes)) == [
        (1, 28, 28),
        (16, 28, 28),
        (16, 14, 14),
        (32, 14, 14),
        (32, 7, 7),
        (1568,),
        (128,),
        (10,),
    ]


def test_simple_cnn_equals_the_reference_on_copied_weights(mnist):
    ours, plain = models.build("simple-cnn").eval(), reference_simple_cnn().eval()
    parameters = [value for name, value in ours.state_dict().items() if not name.startswith("normalize")]
    plain.load_state_dict(dict(zip(plain.state_dict(), parameters, strict=True)))
    x = mnist[1].images[:64].float() / 255
    torch.testing.assert_close(ours(x), plain(x))


def test_a_seed_gives_the_same_weights_and_leaves_the_global_generator_alone():
    torch.manual_seed(99)
    expected = torch.rand(3)
    torch.manual_seed(99)
    first, again, other = (models.build("simple-cnn", seed=seed) for seed in (4, 4, 5))
    assert torch.equal(torch.rand(3), expected)
    assert torch.equal(first.fc1.weight, again.fc1.weight)
    assert not torch.equal(first.fc1.weight, other.fc1.weight)


def test_threads_that_build_together_get_the_weights_of_their_seeds():
    alone = [models.build("simple-cnn", seed=seed).fc1.weight for seed in range(6)]
    together = [None] * 6

    def build(seed):
        together[seed] = models.build("simple-cnn", seed=seed).fc1.weight

    threads = [threading.Thread(target=build, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(torch.equal(a, b) for a, b in zip(alone, together, strict=True))


def test_normalize_is_torchvisions():
    from torchvision.transforms.v2.functional import normalize

    x = torch.rand(2, 3, 5, 5)
    mean, std = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
    torch.testing.assert_close(Normalize(mean, std)(x), normalize(x, list(mean), list(std)))


def test_dropout_keeps_the_mean_and_its_seed_repeats_the_masks():
    layer, x = SeededDropout(0.2), torch.ones(1000, 100)
    layer.seed(3)
    first = layer(x)
    torch.manual_seed(0)  # whatever others do to torch's own generator
    torch.rand(7)
    layer.seed(3)
    assert torch.equal(layer(x), first)
    assert set(first.unique().tolist()) == {0.0, 1.25}
    assert first.mean().item() == pytest.approx(1, abs=0.01)
    assert torch.equal(layer.eval()(x), x)


@pytest.mark.slow
def test_scores_equal_a_plain_loop(mnist):
    part = mnist[1].part(0, 1_234)
    model = models.build("simple-cnn", seed=1)
    right, loss = 0, 0.0
    model.eval()
    for image, label in zip(part.images, part.labels, strict=True):
        with torch.no_grad():
            logits = model(image[None].float() / 255)
        right += int(logits.argmax() == label)
        loss += nn.functional.cross_entropy(logits, label[None]).item()
    model.train()
    scored = models.score(model, part)
    assert scored.accuracy == right / 1_234
    assert scored.loss == pytest.approx(loss / 1_234, rel=1e-5)
    assert model.training, "measuring leaves the mode as it was"


def test_unknown_network_is_named():
    with pytest.raises(CnnlabError, match="'vgg-99'.*simple-cnn"):
        models.build("vgg-99")
