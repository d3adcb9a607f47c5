"""The families of networks, one file each; importing one registers its networks, in the order of this list."""

import importlib

for _family in (
    "simple_cnn",
    "bn_cnn",
    "mnist_net",
    "lenet",
    "alexnet",
    "vgg",
    "resnet",
    "conv_net",
    "digit_nets",
    "fast_net",
    "best_net",
    "draw_net",
    "shift_nets",
    "custom_net",
    "ensemble_net",
):
    importlib.import_module(f"{__name__}.{_family}")
