"""Does a network that says 90 % get 90 % right?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BINS = 15  # of equal width over 0..1, as Guo et al. 2017, "On Calibration of Modern Neural Networks"


@dataclass(frozen=True)
class Reliability:
    """Answers sorted into bins by confidence; only bins that hold answers. Arrays [bins], values 0..1.

    error: the expected calibration error, the mean of |accuracy - confidence| weighted by the answers in the bin.
    """

    low: np.ndarray
    high: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    count: np.ndarray
    error: float

    @property
    def overconfident(self) -> bool:
        """Whether it is, on the whole, surer than it is right."""
        return bool((self.count * (self.confidence - self.accuracy)).sum() > 0)


def reliability(confidence: np.ndarray, right: np.ndarray, bins: int = BINS) -> Reliability:
    """Bin N answers, N at least 1: confidence float [N] in 0..1, right bool [N]. A bin holds its upper edge."""
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.digitize(confidence, edges[1:-1], right=True), 0, bins - 1)
    count = np.bincount(place, minlength=bins)
    held = count > 0
    mean = np.bincount(place, confidence.astype(np.float64), bins)[held] / count[held]
    accuracy = np.bincount(place, right.astype(np.float64), bins)[held] / count[held]
    error = float((np.abs(accuracy - mean) * count[held]).sum() / len(right))
    return Reliability(
        low=edges[:-1][held],
        high=edges[1:][held],
        confidence=mean,
        accuracy=accuracy,
        count=count[held],
        error=error,
    )


@dataclass(frozen=True)
class Histogram:
    """How many right and wrong answers had a confidence between low and high; arrays [bins]."""

    low: np.ndarray
    high: np.ndarray
    right: np.ndarray
    wrong: np.ndarray


def histogram(confidence: np.ndarray, right: np.ndarray, bins: int = 20) -> Histogram:
    """Count N answers by confidence, in bins of equal width over 0..1."""
    edges = np.linspace(0, 1, bins + 1)
    return Histogram(
        edges[:-1], edges[1:], np.histogram(confidence[right], edges)[0], np.histogram(confidence[~right], edges)[0]
    )
