"""Networks: a registry and one file a family. Every network takes raw images in [0, 1] and returns logits."""

from cnnlab.models import families  # noqa: F401  (registers them)
from cnnlab.models.image_spec import ImageSpec
from cnnlab.models.inference import Score, logits_of, probabilities_of, score
from cnnlab.models.options import Options
from cnnlab.models.registry import ModelSpec, build, outline, parameter_count, spec, specs

__all__ = [
    "ImageSpec",
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
