"""What trace records, against hooks set by hand on a plain network, and against layers applied one by one."""

from __future__ import annotations

import torch
from torch import nn

from benchmarks.support.light_networks import LIGHT
from cnnlab import models
from cnnlab.inspection.activations import IMAGE, maps, trace
from cnnlab.inspection.block_outputs import blocks
from cnnlab.inspection.kernel_weights import convolutions
from cnnlab.inspection.layer_summary import summarize
from cnnlab.models.hooks import hookable_copy
from cnnlab.runs import store
from tests.support.small_networks import branched, plain


def images(small, count=3):
    return small.test.images[:count]


def test_activations_equal_forward_hooks_on_a_plain_pytorch_network(trained, small):
    network = store.load(*store.find_run("small", trained[0])).model
    reference = nn.Sequential(
        nn.Conv2d(1, 16, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(1568, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    ).eval()
    trained_tensors = [tensor for name, tensor in network.state_dict().items() if not name.startswith("normalize")]
    reference.load_state_dict(dict(zip(reference.state_dict(), trained_tensors, strict=True)))
    seen = []
    for module in reference:
        module.register_forward_hook(lambda _module, _inputs, output: seen.append(output.detach()))
    reference(images(small) / 255)
    stages = trace(network, images(small))
    traced = [stage for name, stage in stages.items() if name not in ("normalize", "dropout")]
    assert len(traced) == len(seen) == 10
    for stage, expected in zip(traced, seen, strict=True):
        torch.testing.assert_close(stage.given, expected, rtol=1e-5, atol=1e-6)
    assert list(maps(stages)) == ["conv1", "relu1", "pool1", "conv2", "relu2", "pool2"]


def test_in_place_layers_do_not_overwrite_what_came_before(small):
    network = plain()
    x = images(small) / 255
    for stage, module in zip(trace(network, images(small)).values(), network, strict=True):
        torch.testing.assert_close(stage.taken, x)
        x = module(x.clone())
        torch.testing.assert_close(stage.given, x)


def test_sources_of_a_chain_and_of_a_network_with_branches(small):
    assert [stage.source for stage in trace(plain(), images(small)).values()] == [IMAGE, *map(str, range(12))]
    stages = trace(branched(), images(small))
    assert stages["blocks.0.relu"].source == "blocks.0.conv1"
    assert stages["blocks.0.relu (2)"].source is None  # an addition lies between
    assert stages["blocks.1.conv1"].source == "blocks.0.relu (2)"
    assert stages["head"].source is None


def test_a_hookable_copy_shares_tensors_and_leaves_the_network_alone(small):
    network = branched()
    before = network(images(small) / 255)
    twin = hookable_copy(network)
    twin.stem.register_forward_hook(lambda _module, _inputs, output: output * 0)
    assert twin.stem.weight is network.stem.weight
    assert twin(images(small) / 255).ne(before).any()
    assert not network.stem._forward_hooks
    assert torch.equal(network(images(small) / 255), before)
    assert network.blocks[0].relu.inplace


def test_every_registered_network_can_be_traced(small):
    for spec in models.specs():
        network = models.build(spec.name, options=LIGHT.get(spec.name, {})).eval()
        stages = trace(network, images(small, 1))
        assert maps(stages), spec.name
        assert all(stage.source is not None for stage in stages.values()), "nothing happens between layers"
        assert list(stages) == [layer.name for layer in summarize(network, (1, 28, 28))]
        torch.testing.assert_close(list(stages.values())[-1].given, network(images(small, 1) / 255))
        assert len(blocks(stages)) == len(convolutions(network))


def test_a_residual_block_ends_with_what_it_gives(small):
    network = models.build("residual-net").eval()
    stages = trace(network, images(small, 1))
    block = [name for name in stages if name.startswith("block2_1")]
    assert block == [f"block2_1.{layer}" for layer in RESIDUAL]
    given = {name.removeprefix("block2_1."): stages[name].given for name in block}
    torch.testing.assert_close(given["add"], given["bn2"] + given["shortcut.bn"])
    torch.testing.assert_close(given["relu_out"], given["add"].relu())
    assert [stage.name for stage in blocks(stages)] == [
        "relu",
        "block1_1.relu1",
        "block1_1.relu_out",
        "block2_1.shortcut.bn",
        "block2_1.relu1",
        "block2_1.relu_out",
        "block3_1.shortcut.bn",
        "block3_1.relu1",
        "block3_1.relu_out",
    ]


RESIDUAL = ["shortcut.conv", "shortcut.bn", "conv1", "bn1", "relu1", "conv2", "bn2", "add", "relu_out"]
