"""Distillation: a small network learns from a trained one's answers, not from the labels alone (Hinton et al. 2015)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def distillation_loss(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """Kullback-Leibler divergence, mean over the images, of the answers to logits [N, classes] at `temperature`.

    Times temperature², so that the gradients stay as large as those of the labels.
    """
    wanted, given = (F.log_softmax(logits / temperature, 1) for logits in (teacher, student))
    return F.kl_div(given, wanted, reduction="batchmean", log_target=True) * temperature**2


class Teacher:
    """A trained network, and how much of the loss its answers make: weight, 0..1; the labels make the rest."""

    def __init__(self, network: nn.Module, temperature: float, weight: float):
        self.network = network.eval().requires_grad_(False)
        self.temperature, self.weight = temperature, weight

    def blend(self, loss: Tensor, logits: Tensor, images: Tensor) -> Tensor:
        """The labels' loss and the teacher's, by weight; `images` float [N, C, H, W] gave the student's `logits`."""
        with torch.no_grad():
            wanted = self.network(images).float()
        taught = distillation_loss(logits, wanted, self.temperature)
        return (1 - self.weight) * loss + self.weight * taught
