"""The articles' networks: their parameters and shapes, and their blocks against torchvision and plain torch.nn."""

from __future__ import annotations

import pytest
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

from benchmarks.support.light_networks import LIGHT
from cnnlab import models
from cnnlab.errors import CnnlabError
from cnnlab.inspection.layer_summary import summarize
from cnnlab.models.modules.dropout import SeededMapDropout
from cnnlab.models.modules.input_adapter import InputAdapter
from cnnlab.models.modules.residual import BasicBlock, Bottleneck
from cnnlab.models.options import hashable
from tests.support.small_networks import copied, randomised

DIGIT, IMAGENET = ((1, 28, 28), 10), ((3, 224, 224), 1000)
PUBLISHED = [  # as the articles count them; those of VGG and ResNet-50 as torchvision documents its own
    ("simple-cnn", *DIGIT, {}, 215_370),
    ("bn-cnn", *DIGIT, {}, 29_034),
    ("fast-net", *DIGIT, {}, 52_514),
    ("best-net", *DIGIT, {}, 202_202),
    ("mnist-net", *DIGIT, {}, 421_642),
    ("lenet-5", *DIGIT, {}, 44_426),
    ("alexnet", (3, 224, 224), 1000, {}, 62_378_344),
    ("vgg-11", *IMAGENET, {}, 132_863_336),
    ("vgg-13", *IMAGENET, {}, 133_047_848),
    ("vgg-16", *IMAGENET, {}, 138_357_544),
    ("vgg-19", *IMAGENET, {}, 143_667_240),
    ("vgg-11", *IMAGENET, {"normalisation": "batch"}, 132_868_840),
    ("vgg-13", *IMAGENET, {"normalisation": "batch"}, 133_053_736),
    ("vgg-16", *IMAGENET, {"normalisation": "batch"}, 138_365_992),
    ("vgg-19", *IMAGENET, {"normalisation": "batch"}, 143_678_248),
    ("resnet", *IMAGENET, {}, 4_446_632),
    ("resnet", (3, 32, 32), 10, {}, 4_192_202),
    ("resnet", *DIGIT, {}, 4_192_202),
    ("resnet-50", *IMAGENET, {}, 25_557_032),
    ("residual-net", *DIGIT, {}, 77_754),
    ("conv-net", *DIGIT, {}, 207_258),
    ("digit-net", *DIGIT, {}, 21_840),
    ("digit-net-repaired", *DIGIT, {}, 21_840),
    ("improved-net", *DIGIT, {}, 871_530),
]


@pytest.mark.parametrize(("name", "shape", "classes", "options", "count"), PUBLISHED)
def test_parameters_and_output_are_the_published_ones(name, shape, classes, options, count):
    network = models.outline(name, models.ImageSpec(shape, classes), options=options)
    assert models.parameter_count(network) == count
    with torch.device("meta"):
        assert network.eval()(torch.zeros(2, *shape)).shape == (2, classes)


@pytest.mark.parametrize("spec", models.specs(), ids=lambda spec: spec.name)
def test_every_network_learns_on_grey_digits_and_small_colour_images(spec):
    """A step of training and an answer; at the size that it was made for only the shapes."""
    for shape in ((1, 28, 28), (3, 32, 32)):
        network = models.build(
            spec.name, models.ImageSpec(shape, 10, [0.3] * shape[0], [0.2] * shape[0]), options=LIGHT.get(spec.name, {})
        )
        logits = network.train()(torch.rand(4, *shape))
        assert logits.shape == (4, 10) and logits.isfinite().all()
        F.cross_entropy(logits, torch.arange(4)).backward()
        assert all(p.grad is not None and p.grad.isfinite().all() for p in network.parameters())
    with torch.device("meta"):
        assert models.outline(spec.name).eval()(torch.zeros(1, 1, 28, 28)).shape == (1, 10)


@pytest.mark.parametrize("spec", models.specs(), ids=lambda spec: spec.name)
def test_every_word_of_every_option_makes_a_network(spec):
    base = LIGHT.get(spec.name, {})
    for option in spec.options:
        for value in getattr(option, "words", [option.default]):
            models.outline(spec.name, options={**base, option.name: value})
        assert hashable(option.parse(option.default)) == option.default and option.what and option.allowed


def test_lenet_is_the_articles():
    plain = nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(256, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
    )  # fmt: skip
    same_answers("lenet-5", plain)


def test_a1_is_the_articles():
    plain = nn.Sequential(
        nn.Conv2d(1, 16, 5, padding=2), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 5, padding=2), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1568, 10),
    )  # fmt: skip
    same_answers("bn-cnn", plain)


def test_fast_net_is_its_description():
    plain = nn.Sequential(
        nn.Conv2d(1, 8, 5, 2, 2, bias=False), nn.BatchNorm2d(8), nn.ReLU(),
        nn.Conv2d(8, 32, 3, padding=1, bias=False), nn.MaxPool2d(2), nn.BatchNorm2d(32), nn.ReLU(),
        nn.Conv2d(32, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.Flatten(), nn.Linear(3136, 10),
    )  # fmt: skip
    same_answers("fast-net", plain)


def test_a2s_mnist_net_is_the_articles():
    plain = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(2), nn.Dropout(0.25), nn.Flatten(), nn.Linear(3136, 128), nn.ReLU(), nn.Dropout(0.25),
        nn.Linear(128, 10),
    )  # fmt: skip
    same_answers("mnist-net", plain)


def test_a3_is_the_articles():
    plain = nn.Sequential(
        nn.Conv2d(1, 4, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 8, 5, padding=2), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(392, 512), nn.ReLU(), nn.Dropout(0.5), nn.Linear(512, 10),
    )  # fmt: skip
    same_answers("conv-net", plain, mean=0, std=1)  # raw pixels


@pytest.mark.parametrize(("name", "between"), [("digit-net", []), ("digit-net-repaired", [nn.ReLU(), nn.Dropout(0.5)])])
def test_a4s_first_network_and_its_repair_are_the_articles(name, between):
    plain = nn.Sequential(
        nn.Conv2d(1, 10, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(10, 20, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(320, 50), *between, nn.Linear(50, 10),
    )  # fmt: skip
    same_answers(name, plain)


def test_a4s_improved_network_is_the_articles():
    def pair(channels: int, out: int) -> list[nn.Module]:
        convs = [nn.Conv2d(channels, out, 3, padding=1), nn.Conv2d(out, out, 3, padding=1)]
        layers = [each for conv in convs for each in (conv, nn.BatchNorm2d(out), nn.ReLU())]
        return [*layers, nn.MaxPool2d(2), nn.Dropout2d(0.25)]

    plain = nn.Sequential(
        *pair(1, 32), *pair(32, 64), nn.Flatten(),
        nn.Linear(3136, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Dropout(0.5), nn.Linear(256, 10),
    )  # fmt: skip
    same_answers("improved-net", plain)


def same_answers(name: str, plain: nn.Module, mean: float = 0.13, std: float = 0.31) -> None:
    ours = randomised(models.build(name, models.ImageSpec(mean=[0.13], std=[0.31]))).eval()
    copied(ours, plain).eval()
    x = torch.rand(5, 1, 28, 28)
    torch.testing.assert_close(ours(x), plain((x - mean) / std))
    rates = [[m.p for m in network.modules() if hasattr(m, "p")] for network in (ours, plain)]
    assert rates[0] == rates[1]


@pytest.mark.parametrize("depth", [11, 13, 16, 19])
@pytest.mark.parametrize("normalisation", ["none", "batch"])
def test_vggs_builder_is_torchvisions(depth, normalisation):
    """The convolutional part on copied weights, for a sixteenth of the channels; then the whole layer list."""
    cfg = torchvision.models.vgg.cfgs[{11: "A", 13: "B", 16: "D", 19: "E"}[depth]]
    batch = normalisation == "batch"
    thin = [each if each == "M" else each // 16 for each in cfg]
    theirs = torchvision.models.vgg.make_layers(thin, batch_norm=batch).eval()
    options = {"size": 64, "width": 1 / 16, "hidden": 8, "normalisation": normalisation}
    ours = randomised(models.build(f"vgg-{depth}", models.ImageSpec((3, 64, 64)).raw, options=options))
    names = [name for name, _ in ours.named_children()]
    convolutional = ours[1 : names.index("average")].eval()
    copied(convolutional, theirs)
    x = torch.rand(2, 3, 64, 64)
    torch.testing.assert_close(convolutional(x), theirs(x))

    with torch.device("meta"):
        whole = getattr(torchvision.models, f"vgg{depth}{'_bn' * batch}")(init_weights=False)
    outline = models.outline(
        f"vgg-{depth}", models.ImageSpec((3, 224, 224), 1000), options={"normalisation": normalisation}
    )
    assert weight_shapes(outline) == weight_shapes(whole)
    kinds = [[type(m).__name__.removeprefix("Seeded") for m in leaves(network)] for network in (outline, whole)]
    assert [kind for kind in kinds[0] if kind not in ("Normalize", "Flatten")] == kinds[1]


def test_alexnet_is_krizhevskys_on_copied_weights():
    """Only the linear layers are narrowed: the convolutions are A2's."""
    plain = nn.Sequential(
        nn.Conv2d(3, 96, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Conv2d(96, 256, 5, padding=2), nn.ReLU(),
        nn.MaxPool2d(3, 2), nn.Conv2d(256, 384, 3, padding=1), nn.ReLU(), nn.Conv2d(384, 384, 3, padding=1), nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.AdaptiveAvgPool2d(6), nn.Flatten(),
        nn.Dropout(), nn.Linear(9216, 12), nn.ReLU(), nn.Dropout(), nn.Linear(12, 12), nn.ReLU(), nn.Linear(12, 7),
    ).eval()  # fmt: skip
    zeros, ones = [0.0] * 3, [1.0] * 3
    ours = models.build("alexnet", models.ImageSpec((3, 224, 224), 7, zeros, ones), options={"hidden": 12})
    copied(ours.eval(), plain)
    x = torch.rand(1, 3, 224, 224)
    torch.testing.assert_close(ours(x), plain(x))


@pytest.mark.parametrize(("channels", "width", "stride"), [(8, 8, 1), (8, 12, 1), (8, 12, 2), (8, 8, 2)])
def test_basic_block_is_torchvisions(channels, width, stride):
    theirs = torchvision.models.resnet.BasicBlock(channels, width, stride, downsample(channels, width, stride))
    same_block(BasicBlock(channels, width, stride), theirs, channels)


@pytest.mark.parametrize(("channels", "width", "stride"), [(16, 4, 1), (8, 4, 1), (16, 4, 2), (16, 8, 2)])
def test_bottleneck_is_torchvisions(channels, width, stride):
    theirs = torchvision.models.resnet.Bottleneck(channels, width, stride, downsample(channels, 4 * width, stride))
    same_block(Bottleneck(channels, width, stride), theirs, channels)


def downsample(channels: int, out: int, stride: int) -> nn.Module | None:
    if stride == 1 and channels == out:
        return None
    return nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out))


def same_block(ours: nn.Module, theirs: nn.Module, channels: int) -> None:
    randomised(ours)
    theirs.load_state_dict(as_torchvision(ours.state_dict()))
    x = torch.randn(3, channels, 9, 9)
    torch.testing.assert_close(ours.eval()(x), theirs.eval()(x))
    torch.testing.assert_close(ours.train()(x), theirs.train()(x))  # batch statistics


def as_torchvision(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {
        name.replace("shortcut.conv", "downsample.0").replace("shortcut.bn", "downsample.1"): value
        for name, value in state.items()
    }


def test_resnet_50_is_torchvisions():
    ours = randomised(models.build("resnet-50", models.ImageSpec((3, 64, 64), 20).raw, options={"size": 64}))
    theirs = torchvision.models.resnet50(num_classes=20)
    state = {}
    for name, value in as_torchvision(ours.state_dict()).items():
        if name.startswith("block"):
            group, number = map(int, name.split(".")[0].removeprefix("block").split("_"))
            name = f"layer{group}.{number - 1}.{name.split('.', 1)[1]}"
        if not name.startswith("normalize"):
            state[name.replace("conv.", "conv1.", 1) if name.startswith("conv.") else name] = value
    state = {name.replace("bn.", "bn1.", 1) if name.startswith("bn.") else name: v for name, v in state.items()}
    theirs.load_state_dict(state)
    x = torch.rand(2, 3, 64, 64)
    torch.testing.assert_close(ours.eval()(x), theirs.eval()(x), rtol=1e-3, atol=1e-4)


def test_a2s_resnet_is_torchvisions_with_its_last_group_narrowed():
    outline = models.outline("resnet", models.ImageSpec((3, 224, 224), 1000))
    with torch.device("meta"):
        theirs = torchvision.models.resnet18()
        theirs.layer4 = nn.Sequential(
            torchvision.models.resnet.BasicBlock(256, 256, 2, downsample(256, 256, 2)),
            torchvision.models.resnet.BasicBlock(256, 256),
        )
        theirs.layer3 = nn.Sequential(
            torchvision.models.resnet.BasicBlock(128, 192, 2, downsample(128, 192, 2)),
            torchvision.models.resnet.BasicBlock(192, 192),
        )
        theirs.layer4[0] = torchvision.models.resnet.BasicBlock(192, 256, 2, downsample(192, 256, 2))
        theirs.fc = nn.Linear(256, 1000)
    assert sorted(weight_shapes(outline)) == sorted(weight_shapes(theirs))


def weight_shapes(network: nn.Module) -> list[tuple[int, ...]]:
    return [tuple(p.shape) for p in network.parameters()]


def leaves(network: nn.Module) -> list[nn.Module]:
    return [m for m in network.modules() if not list(m.children())]


def test_the_adapter_resizes_and_repeats():
    x = torch.rand(2, 1, 28, 28)
    larger = InputAdapter((1, 28, 28), 64)(x)
    expected = F.interpolate(x, 64, mode="bilinear").repeat(1, 3, 1, 1)
    assert torch.equal(larger, expected) and larger.shape[1:] == InputAdapter((1, 28, 28), 64).out_shape
    colour = torch.rand(2, 3, 40, 30)
    assert torch.equal(InputAdapter((3, 40, 30), 0)(colour), colour)
    assert not InputAdapter((3, 40, 30), 0).changes and InputAdapter((3, 40, 30), 40).changes
    with pytest.raises(CnnlabError, match="2 channels: this network takes 1"):
        InputAdapter((2, 28, 28), 0)


def test_the_adapter_is_a_layer_of_the_network_where_it_changes_something():
    options = {"size": 64, "width": 0.05, "hidden": 8}
    layer = summarize(models.build("vgg-11", options=options), (1, 28, 28))[1]
    assert (layer.name, layer.kind, layer.detail) == ("adapter", "input adapter", "28×28 → 64×64, grey → 3 channels")
    assert layer.shape == (3, 64, 64) and layer.parameters == 0
    colour = models.build("vgg-11", models.ImageSpec((3, 64, 64)).raw, options=options)
    assert not hasattr(colour, "adapter")


def test_map_dropout_drops_whole_maps_and_keeps_the_mean():
    layer, x = SeededMapDropout(0.25), torch.ones(400, 50, 3, 3)
    layer.seed(5)
    first = layer(x)
    layer.seed(5)
    assert torch.equal(layer(x), first)
    assert torch.equal(first.amin((2, 3)), first.amax((2, 3)))
    assert first.mean().item() == pytest.approx(1, abs=0.02) and first.max() == pytest.approx(4 / 3)
    assert torch.equal(layer.eval()(x), x)


@pytest.mark.parametrize(
    ("name", "shape", "options", "said"),
    [
        ("lenet-5", (1, 10, 10), {}, "Images of 10×10 are too small"),
        ("alexnet", (1, 28, 28), {"size": 30}, "it must be a whole number from 63 to 512"),
        ("resnet", (1, 28, 28), {"widths": (8, 16)}, "differ in length"),
        ("resnet", (2, 28, 28), {}, "2 channels"),
        ("lenet-5", (1, 28, 28), {"activation": "step"}, "one of relu, leaky-relu"),
        ("vgg-16", (1, 28, 28), {"normalisation": "layer"}, "one of none, batch"),
        ("conv-net", (1, 28, 28), {"depth": "4,0"}, "1 to 4 whole numbers from 1 to 512"),
    ],
)
def test_what_cannot_be_built_is_one_sentence(name, shape, options, said):
    with pytest.raises(CnnlabError, match=said) as caught:
        models.build(name, models.ImageSpec(shape), options=options)
    assert "\n" not in str(caught.value)
