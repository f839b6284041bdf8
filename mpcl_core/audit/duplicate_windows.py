"""Which rows hold the very same values."""

from hashlib import blake2b

import numpy as np
from jaxtyping import Int64

from mpcl_core.interfaces.data import WindowSet


def identities(windows: WindowSet) -> Int64[np.ndarray, "N"]:
    """A number for each row, the same for rows with the same values in all modalities.

    A row in which nothing varies (a flat signal, a feature table of zeros) is no evidence and like no other.
    """
    n = len(windows)
    digests = np.array([_digest(windows, row) for row in range(n)])
    number: Int64[np.ndarray, N] = np.unique(digests, return_inverse=True)[1].astype(np.int64)
    varied = np.zeros(n, dtype=bool)
    for values in windows.X.values():
        varied |= values.max(axis=(1, 2)) > values.min(axis=(1, 2))
    return np.where(varied, number, -1 - np.arange(n))


def _digest(windows: WindowSet, row: int) -> str:
    digest = blake2b(digest_size=12)
    for modality in windows.modalities:
        digest.update(np.ascontiguousarray(windows.X[modality.name][row]).data)
    return digest.hexdigest()
