"""Networks: a registry and one file a family. Every network takes raw images in [0, 1] and returns logits."""

from cnnlab.models import simple_cnn, bn_cnn, mnist_net, lenet, alexnet, vgg, resnet  # noqa: F401, I001  (register)
from cnnlab.models import conv_net, digit_nets, fast_net, best_net, draw_net, shift_nets, custom, ensemble  # noqa: F401, I001  (in this order)
from cnnlab.models.inference import Score, logits_of, probabilities_of, score
from cnnlab.models.options import Options
from cnnlab.models.registry import ModelSpec, build, outline, parameter_count, spec, specs

__all__ = [
    "ModelSpec",
    "Options",
    "Score",
    "build",
    "logits_of",
    "outline",
    "parameter_count",
    "probabilities_of",
    "score",
    "spec",
    "specs",
]
