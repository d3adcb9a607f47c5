"""The classic networks: when, by whom, and what was new about them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Story:
    """Two sentences about a network that others were built after."""

    title: str
    year: int
    authors: str
    text: str


_LENET = Story(
    "LeNet-5",
    1998,
    "LeCun, Bottou, Bengio, Haffner",
    "It read the amounts on bank cheques and set the pattern still in use: convolutions, whose weights are shared over "
    "the whole picture, take turns with pooling, and linear layers decide. New was that nobody designed its features: "
    "gradient descent learned all layers together, from the pixels to the answer.",
)
_ALEXNET = Story(
    "AlexNet",
    2012,
    "Krizhevsky, Sutskever, Hinton",
    "It won the ImageNet contest with 15.3 % top-5 errors where the next best had 26.2 %, and made deep learning the "
    "way to recognise pictures. New was what made its 60 million weights learn: ReLU in place of tanh, dropout, "
    "augmented images, and almost a week on two graphics cards.",
)
_VGG = Story(
    "VGG",
    2014,
    "Simonyan, Zisserman",
    "It asked what depth alone is worth and stacked nothing but 3×3 convolutions and 2×2 poolings, up to 19 layers "
    "with weights. New was the insight that three 3×3 convolutions see as far as a single 7×7, with 27 instead of 49 "
    "weights for each pair of channels and two more non-linearities between.",
)
_RESNET = Story(
    "ResNet",
    2015,
    "He, Zhang, Ren, Sun",
    "Deeper plain networks had come to do worse even on their own training images; here each block learns only what "
    "to add to its input, which a shortcut carries past it unchanged. So networks of 152 layers could be trained, and "
    "won ImageNet with 3.6 % top-5 errors.",
)
_OF = {"lenet-5": _LENET, "alexnet": _ALEXNET, "vgg": _VGG, "resnet": _RESNET}


def story(network: str) -> Story | None:
    """The story of the registered network `network`, vgg-16 telling VGG's; None for one that is no classic."""
    return _OF.get(network) or _OF.get(network.rsplit("-", 1)[0])
