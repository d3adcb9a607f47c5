"""Layers that torch.nn does not have, or not as they are needed here."""
