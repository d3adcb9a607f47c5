"""The sections of the ensemble page."""
