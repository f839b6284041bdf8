"""Find windows that hold exactly the same values."""

from hashlib import blake2b

import numpy as np
from jaxtyping import Int64

from mpcl_core.interfaces.data import WindowSet


def number_by_values(windows: WindowSet) -> Int64[np.ndarray, "N"]:
    """Assign numbers to windows so that those with the same values in all modalities have the same number.

    A window in which nothing varies (a flat signal, a feature table of zeros) is no evidence of a copy and has a
    number of its own.

    Args:
        windows: N windows.

    Returns:
        The numbers (N).
    """
    n = len(windows)
    digests = np.array([_digest(windows, index) for index in range(n)])
    number: Int64[np.ndarray, N] = np.unique(digests, return_inverse=True)[1].astype(np.int64)
    varies = np.zeros(n, dtype=bool)
    for values in windows.X.values():
        varies |= values.max(axis=(1, 2)) > values.min(axis=(1, 2))
    return np.where(varies, number, -1 - np.arange(n))


def _digest(windows: WindowSet, index: int) -> str:
    digest = blake2b(digest_size=12)
    for modality in windows.modalities:
        digest.update(np.ascontiguousarray(windows.X[modality.name][index]).data)
    return digest.hexdigest()
