"""Transfer learning: weights taken over, layers frozen, sentences for runs that do not fit."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from cnnlab import models
from cnnlab.data.dataset import Dataset
from cnnlab.errors import CnnlabError
from cnnlab.runs import launch, store
from cnnlab.training.methods.transfer_learning import freeze, head
from cnnlab.training.results import EpochResult
from cnnlab.training.trainer import Trainer

CPU = torch.device("cpu")


def few_classes(split, count=3):
    """Only the images of the first classes, under other names."""

    def part(data):
        chosen = data.labels < count
        names = tuple(f"kind {n}" for n in range(count))
        return Dataset(data.images[chosen], data.labels[chosen], names, data.mean, data.std)

    return split._replace(**{name: part(getattr(split, name)) for name in split._fields})


def start(config, split, root, **settings):
    config = config.replace(**settings)
    return Trainer(config, split, CPU, launch.sources(config, split, root))


def test_a_run_begins_with_the_weights_of_another(config, small, trained):
    root, loop = trained
    trainer = start(config, small, root, start_from="small")
    assert all(torch.equal(value, loop.trainer.weights()[name]) for name, value in trainer.weights().items())
    assert trainer.score_test() == loop.trainer.score_test()
    first = start(config, small, root, start_from="small@1")
    assert not torch.equal(first.weights()["fc2.weight"], trainer.weights()["fc2.weight"])


def test_for_other_classes_the_head_is_new_and_the_rest_taken_over(config, small, trained):
    root, loop = trained
    trainer = start(config, few_classes(small), root, start_from="small")
    fresh = models.build("simple-cnn", models.ImageSpec(classes=3), seed=config.seed)
    weights, taken = trainer.weights(), loop.trainer.weights()
    assert torch.equal(weights["fc2.weight"], fresh.state_dict()["fc2.weight"])
    assert all(torch.equal(weights[name], taken[name]) for name in weights if not name.startswith("fc2"))
    trainer.step()


def test_frozen_layers_stay_and_the_others_learn(config, small, trained):
    trainer = start(config, small, trained[0], start_from="small", freeze="conv1, conv2", weight_decay=0.1)
    before = trainer.weights()
    for _ in range(3):
        trainer.step()
    after = trainer.weights()
    moved = {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert moved == {"fc1", "fc2"}


def test_the_statistics_of_frozen_batch_normalisation_stay_too(config, small):
    trainer = start(config, small, None, network="draw-net", freeze="bn1")
    trainer.step()
    trainer.score_sample()  # puts the network back into training mode
    trainer.step()
    weights = trainer.weights()
    assert weights["bn1.running_mean"].abs().sum() == 0 and weights["bn2.running_mean"].abs().sum() > 0


def test_the_head_is_the_last_layer_with_a_matrix():
    assert head(models.build("simple-cnn")) == "fc2" and head(models.build("draw-net")) == "fc"
    assert head(nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2), nn.BatchNorm1d(2))) == "1"


def test_a_frozen_group_freezes_what_is_in_it():
    network = nn.Sequential(nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)), nn.Linear(2, 2))
    assert freeze(network, ["0"]) == [network[0]]
    assert [p.requires_grad for p in network.parameters()] == [False] * 4 + [True] * 2


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"start_from": "nobody"}, "There is no run 'nobody'.*choose one of small"),
        (
            {"start_from": "small", "network": "draw-net"},
            "start_from is 'small', a simple-cnn: its conv1.weight is 16×",
        ),
        ({"freeze": "conv9"}, "freeze is 'conv9': choose among conv1, conv2, fc1, fc2"),
        ({"freeze": "conv1,conv2,fc1,fc2"}, "that is every layer, so nothing would be left to train"),
    ],
)
def test_what_does_not_fit_is_a_sentence(settings, said, config, small, trained):
    with pytest.raises(CnnlabError, match=said):
        launch.sources(config.replace(**settings), small, trained[0])


def test_a_run_on_images_of_another_kind_is_a_sentence(config, small, trained):
    train = small.train
    colour = small._replace(
        train=Dataset(train.images.repeat(1, 3, 1, 1), train.labels, *list(vars(train).values())[2:])
    )
    with pytest.raises(CnnlabError, match="its normalize.mean is 1×1×1, here it is 3×1×1"):
        launch.sources(config.replace(start_from="small"), colour, trained[0])


def test_the_run_remembers_where_it_began(config, small, trained, tmp_path):
    config = config.replace(start_from="small@best", freeze="conv1")
    row = EpochResult(0, 0, True, 0.1, None, None, 1.0, 0.5, 1.0)
    writer = store.RunWriter(tmp_path, config, small.train.classes, small.train.image_shape)
    writer.save_epoch(Trainer(config, small, CPU, launch.sources(config, small, trained[0])).weights(), [row])
    found = store.open_run(writer.path).config
    assert (found.start_from, found.freeze) == ("small@best", ("conv1",))
