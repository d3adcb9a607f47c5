"""Layers that torch.nn lacks, or has in another form than is needed here."""
