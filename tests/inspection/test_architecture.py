"""What a picture of a network is made of, against torchinfo, counts by hand and what the articles report."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
import torch
from torch import nn
from torchinfo import summary

from cnnlab import models
from cnnlab.charts import block_diagram
from cnnlab.errors import CnnlabError
from cnnlab.inspection.architecture import study
from cnnlab.ui.architectures import diagram

DIGIT = (1, 28, 28)
SPECS = models.specs()


def made_for(name):
    shape, classes = models.spec(name).made_for
    return study(models.outline(name, models.ImageSpec(shape, classes)), shape)


@pytest.mark.parametrize("spec", [spec for spec in SPECS if spec.made_for[0] == DIGIT], ids=lambda spec: spec.name)
def test_parameters_and_multiply_adds_equal_torchinfos_on_the_real_network(spec):
    report = summary(models.build(spec.name), input_size=(1, *DIGIT), verbose=0, mode="eval")
    found = study(models.outline(spec.name), DIGIT)
    assert found.parameters == report.total_params == models.parameter_count(models.build(spec.name))
    assert found.multiplications == report.total_mult_adds
    by_name = {info.layer_id: info for info in report.summary_list if info.is_leaf_layer}
    assert sorted(layer.multiplications for layer in found.layers) == sorted(each.macs for each in by_name.values())


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_convolutions_and_linear_layers_multiply_as_often_as_counted_by_hand(spec):
    shape, classes = spec.made_for
    network = models.outline(spec.name, models.ImageSpec(shape, classes)).eval()
    counted = {}

    def count(name, module):
        def hook(_module, _inputs, output):
            per_output = module.weight[0].numel() + (module.bias is not None)
            counted[name] = per_output * output[0].numel()

        module.register_forward_hook(hook)

    for name, module in network.named_modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            count(name, module)
    network(torch.empty(1, *shape, device="meta"))
    found = study(models.outline(spec.name, models.ImageSpec(shape, classes)), shape)
    assert {layer.name: layer.multiplications for layer in found.layers if layer.name in counted} == counted
    assert set(found.seen) == {layer.name for layer in found.layers}


@pytest.mark.parametrize(
    ("name", "parameters", "depth"),
    [
        ("lenet-5", 44_426, 5),
        ("alexnet", 62_378_344, 8),
        ("vgg-16", 138_357_544, 16),
        ("vgg-19", 143_667_240, 19),
        ("resnet", 4_446_632, 18),
        ("resnet-50", 25_557_032, 50),
    ],
)
def test_the_classics_have_their_parameters_and_their_depth(name, parameters, depth):
    found = made_for(name)
    assert (found.parameters, found.depth) == (parameters, depth)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_every_network_becomes_a_picture_that_can_be_read(spec):
    found = made_for(spec.name)
    drawn = [stop for block in found.blocks for stop in block.stops]
    beside = {name for shortcut in found.shortcuts for name in shortcut.layers}
    names = [layer.name for stop in drawn for layer in stop.layers]
    assert sorted(names) == sorted(layer.name for layer in found.layers if layer.name not in beside)
    assert 5 <= len(found.blocks) <= 20
    picture = diagram.picture(found)
    assert len(picture.arcs) == len(found.shortcuts)
    scale = block_diagram.ruler([picture])
    root = ElementTree.fromstring(block_diagram.svg(picture, scale, "a & b", found.maps[0]))
    slabs = [each.get("data-layer") for each in root.iter() if each.get("class") == "slab"]
    assert slabs == ["", *(stop.layers[0].name for stop in drawn[1:])]
    assert len([each for each in root.iter() if each.get("class") == "skip"]) == len(found.shortcuts)
    assert len([each for each in root.iter() if each.get("class") == "chosen"]) == 1
    width = float(root.get("viewBox").split()[2])
    assert width <= 1490, "it would be shrunk until nobody can read it"
    texts = [each for each in root.iter() if each.tag.endswith("text")]
    assert all(0 <= float(each.get("x")) <= width for each in texts)


def test_blocks_are_as_high_as_their_maps_and_as_wide_as_they_are_many():
    scale = block_diagram.ruler([diagram.picture(made_for("simple-cnn"))])
    (narrow, high), (wide, low) = scale.size((16, 28, 28)), scale.size((32, 14, 14))
    assert scale.to_scale and high == 2 * low and wide == 2 * narrow
    large = block_diagram.ruler([diagram.picture(made_for("vgg-16"))])
    assert not large.to_scale and large.size((64, 224, 224))[1] == pytest.approx(4 * large.size((64, 14, 14))[1])


def test_two_pictures_share_one_ruler():
    both = [diagram.picture(made_for(name)) for name in ("alexnet", "vgg-16")]
    assert block_diagram.ruler(both).channel == min(block_diagram.ruler([each]).channel for each in both)


def test_images_that_do_not_fit_are_a_sentence():
    with pytest.raises(CnnlabError, match="cannot take images of 1×2×2"):
        study(models.build("simple-cnn"), (1, 2, 2))


@pytest.mark.parametrize(
    ("count", "words"),
    [(416, "416"), (12_832, "12.8 k"), (200_832, "201 k"), (3_149_000, "3.1 M"), (15_483_821_032, "15.5 G")],
)
def test_large_numbers_are_short(count, words):
    assert diagram.short(count) == words
