"""Answering only when sure: what is gained, and what is left unanswered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Coverage:
    """A point for every confidence that occurs, surest first: arrays [P].

    threshold: answer when at least so sure; answered: the fraction of images answered; accuracy: of those that are
    right; all 0..1.
    """

    threshold: np.ndarray
    answered: np.ndarray
    accuracy: np.ndarray


def coverage(confidence: np.ndarray, right: np.ndarray) -> Coverage:
    """The curve for N answers, N at least 1. Images that are equally sure are answered together."""
    order = np.argsort(-confidence, kind="stable")
    sorted_confidence = confidence[order]
    answers = np.arange(1, len(order) + 1)
    last = np.append(sorted_confidence[1:] != sorted_confidence[:-1], True)
    accuracy = np.cumsum(right[order]) / answers
    return Coverage(sorted_confidence[last], answers[last] / len(order), accuracy[last])


@dataclass(frozen=True)
class Selected:
    """What remains when unsure answers are left out: counts of images."""

    images: int
    answered: int
    wrong: int

    @property
    def sentence(self) -> str:
        """For the page."""
        if not self.answered:
            return "It is never that sure: no image is answered."
        accuracy = (self.answered - self.wrong) / self.answered
        return (
            f"It answers {self.answered:,} of {self.images:,} images ({self.answered / self.images:.1%}) and "
            f"{accuracy:.2%} of those answers are right: {self.wrong:,} mistake{'' if self.wrong == 1 else 's'} left."
        )


def select(confidence: np.ndarray, right: np.ndarray, threshold: float) -> Selected:
    """Answer only images whose confidence is at least `threshold`, 0..1."""
    sure = confidence >= threshold
    return Selected(len(right), int(sure.sum()), int((sure & ~right).sum()))
