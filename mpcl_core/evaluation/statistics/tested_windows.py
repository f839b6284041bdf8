"""Identify which windows were tested, so that only variants tested on the same windows are compared.

Windows are the same where subject, trial, weight and distribution are, one by one in the order of the recording. How
their signals were prepared may differ: then the preparation is part of what is compared.
"""

import hashlib
from dataclasses import dataclass

import numpy as np

from mpcl_core.runs.predictions import Predictions

DIGITS = 9
"""Decimal places to which weights and distributions are compared."""


@dataclass(frozen=True, order=True)
class TestedWindows:
    """Hold the identity of some test windows.

    Args:
        count: the number of windows.
        sha256: the hash of their subjects, trials, weights and distributions.
    """

    count: int
    sha256: str


def identify_windows(predictions: Predictions) -> TestedWindows:
    """Return the identity of the windows of some predictions, in whatever order they are.

    Args:
        predictions: the predictions.

    Returns:
        Their number and hash.
    """
    order = np.lexsort((predictions.row, predictions.trial, predictions.subject))
    digest = hashlib.sha256()
    for text in (predictions.subject, predictions.trial):
        digest.update("\0".join(text[order].tolist()).encode())
    for values in (predictions.weight, predictions.D):
        digest.update(np.ascontiguousarray(values[order].round(DIGITS) + 0.0).data)  # + 0.0: no -0.0
    return TestedWindows(len(order), digest.hexdigest())
