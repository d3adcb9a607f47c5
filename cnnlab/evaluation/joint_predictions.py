"""What several networks answer together, and where that helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch

from cnnlab.evaluation.predictions import Predictions
from cnnlab.models.families.ensemble_net import joint


@dataclass(frozen=True)
class JointPredictions:
    """The members' answers to the same images, [M] of them, and their common one."""

    members: Sequence[Predictions]
    common: Predictions

    @cached_property
    def answers(self) -> np.ndarray:
        """The class each member names, int64 [M, N]."""
        return np.stack([member.predicted for member in self.members])

    @cached_property
    def best(self) -> int:
        """The member with the most right answers, the first of equals."""
        return int(np.argmax([member.right.sum() for member in self.members]))

    @cached_property
    def disputed(self) -> np.ndarray:
        """The images that not all name alike, int64, ascending."""
        return np.flatnonzero((self.answers != self.answers[0]).any(0))

    @cached_property
    def corrected(self) -> np.ndarray:
        """The images that the best member gets wrong and all together right, int64, ascending."""
        return np.flatnonzero(self.common.right & ~self.members[self.best].right)

    @cached_property
    def spoilt(self) -> np.ndarray:
        """The images that the best member gets right and all together wrong, int64, ascending."""
        return np.flatnonzero(~self.common.right & self.members[self.best].right)


def joint_predictions(members: Sequence[Predictions], rule: str) -> JointPredictions:
    """`members`, which answered the same images, under one of cnnlab.models.families.ensemble_net.RULES."""
    answers = torch.stack([torch.from_numpy(member.logits).log_softmax(1) for member in members])
    return JointPredictions(members, replace(members[0], logits=joint(answers, rule).numpy()))
