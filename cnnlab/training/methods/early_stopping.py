"""Counting epochs without a lower validation loss: to end a run early, or to lower its learning rate."""

from __future__ import annotations

import math

BETTER = 1e-4  # a loss counts as lower when it is lower by this fraction of itself (torch's ReduceLROnPlateau)


class EarlyStopping:
    """Counts the epochs since the validation loss last fell."""

    def __init__(self, epochs: int):
        self.epochs = epochs
        self.lowest = math.inf
        self.waited = 0

    def update(self, val_loss: float) -> bool:
        """Take in an epoch's validation loss; return whether more than `epochs` epochs in a row were no better."""
        if val_loss < self.lowest * (1 - BETTER):
            self.lowest, self.waited = val_loss, 0
        else:
            self.waited += 1
        return self.waited > self.epochs


class Plateau(EarlyStopping):
    """torch's ReduceLROnPlateau: says when to multiply the rate by gamma, then restarts its count."""

    def update(self, val_loss: float) -> bool:
        """Take in an epoch's validation loss; return whether it is time to lower the rate."""
        if not super().update(val_loss):
            return False
        self.waited = 0
        return True
