"""Which rows were tested.

Rows are the same where subject, trial, weight and distribution are, one by one in the order of the recording. How
their signals were prepared may differ: then the preparation is part of what is compared.
"""

import hashlib
from dataclasses import dataclass

import numpy as np

from mpcl_core.runs.predictions import Predictions

DIGITS = 9
"""Weights and distributions are compared to so many places."""


@dataclass(frozen=True, order=True)
class TestedWindows:
    """Which rows were tested: how many, and a hash of what they are."""

    count: int
    sha256: str


def rows_of(found: Predictions) -> TestedWindows:
    """Which rows these are."""
    order = np.lexsort((found.row, found.trial, found.subject))
    digest = hashlib.sha256()
    for text in (found.subject, found.trial):
        digest.update("\0".join(text[order].tolist()).encode())
    for values in (found.weight, found.D):
        digest.update(np.ascontiguousarray(values[order].round(DIGITS) + 0.0).data)  # + 0.0: no -0.0
    return TestedWindows(len(order), digest.hexdigest())
