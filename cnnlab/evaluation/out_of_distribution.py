"""Does an image look like those that a network learned from?

The best class's probability says so: Hendrycks and Gimpel, "A Baseline for Detecting Misclassified and
Out-of-Distribution Examples" (2017). For the run `draw`, to whom letters and scribbles were shown as belonging to no
class, it tells them apart as well as the logits' energy or better, and it stands on the page anyway.
"""

from __future__ import annotations

import numpy as np

from cnnlab.evaluation.predictions import Predictions

LOST = 0.01  # of the validation images lie below the threshold


def threshold(validation: Predictions) -> float:
    """The probability, 0..1, that all but LOST of the validation images give their best class."""
    return float(np.quantile(validation.confidence, LOST))
