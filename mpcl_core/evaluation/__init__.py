"""Compute the numbers of a run from its stored predictions."""
