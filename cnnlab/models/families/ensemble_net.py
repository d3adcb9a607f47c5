"""Several networks that answer as one: by the mean of their probabilities, or by a vote."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab.errors import CnnlabError
from cnnlab.models.image_spec import ImageSpec
from cnnlab.models.options import Checked, Word, hashable
from cnnlab.models.registry import register, spec

NAME = "ensemble"
MEAN, VOTE = "mean", "vote"
RULES = {MEAN: "mean probability", VOTE: "majority vote"}
TIE = 1e-3  # weight of the mean probabilities beside the votes: enough to break ties only
FEWEST, MOST = 2, 20  # members


def joint(members: Tensor, rule: str) -> Tensor:
    """Log-probabilities [N, K] of an ensemble from those of its members, [M, N, K], by one of RULES.

    By vote a class gets the fraction of members that predict it; the mean decides between equal fractions.
    """
    mean = members.logsumexp(0) - math.log(len(members))
    if rule == MEAN:
        return mean
    fractions = F.one_hot(members.argmax(2), members.shape[2]).to(mean).mean(0)
    return ((fractions + TIE * mean.exp()) / (1 + TIE)).clamp_min(1e-30).log()


class Ensemble(nn.Module):
    """Networks for the same images and classes; gives log-probabilities, which are logits like any others."""

    def __init__(self, members: Sequence[nn.Module], rule: str):
        super().__init__()
        self.members = nn.ModuleList(members)
        self.rule = rule

    def forward(self, x: Tensor) -> Tensor:
        """float [N, C, H, W] in [0, 1] to [N, classes]."""
        return joint(torch.stack([member(x).log_softmax(1) for member in self.members]), self.rule)


def checked(members: Any) -> tuple[dict[str, Any], ...]:
    """Members as options: the run each came from, its network and that network's options.

    Raises ValueError or CnnlabError when one cannot be.
    """
    if not isinstance(members, (list, tuple)) or not FEWEST <= len(members) <= MOST:
        raise ValueError
    kept = []
    for member in members:
        if not isinstance(member, Mapping) or not set(member) <= {"run", "network", "options"}:
            raise ValueError
        network = str(member.get("network"))
        if network == NAME:
            raise CnnlabError(f"{member.get('run')} is an ensemble itself: take its members instead.")
        options = spec(network).checked(member.get("options", {}))
        kept.append({"run": str(member.get("run", "")), "network": network, "options": options})
    return tuple(kept)


@register(
    NAME,
    "Several networks that answer as one",
    "cnnlab",
    Checked(
        "members",
        hashable([{"run": "", "network": "simple-cnn", "options": {}}] * FEWEST),
        "the networks",
        f"a list of {FEWEST} to {MOST} networks with their options",
        checked,
    ),
    Word("rule", MEAN, "how they come to one answer", tuple(RULES)),
    listed=False,
)
def ensemble(
    images: ImageSpec,
    *,
    members: Sequence[Mapping[str, Any]],
    rule: str,
) -> nn.Module:
    """The members in order, each built like the network it came from."""
    networks = []
    for member in members:
        found = spec(member["network"])
        networks.append(found.make(images, **found.complete(member["options"])))
    return Ensemble(networks, rule)
