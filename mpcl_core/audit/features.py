"""A row as one vector for comparing rows: features as they are, a signal by each channel's mean and spread."""

from collections.abc import Collection

import numpy as np
from einops import rearrange
from jaxtyping import Float64, Int64

from mpcl_core.interfaces.data import WindowSet

_BLOCK = 256  # rows whose distances are in memory at a time


def features(windows: WindowSet, modalities: Collection[str]) -> Float64[np.ndarray, "N f"]:
    """The chosen modalities side by side."""
    parts = []
    for modality in windows.modalities:
        values = windows.X[modality.name]
        if modality.name in modalities and modality.sfreq is None:
            parts.append(rearrange(values, "N c t -> N (c t)").astype(np.float64))
        elif modality.name in modalities:
            parts += [values.mean(2, dtype=np.float64), values.std(2, dtype=np.float64)]
    return np.concatenate(parts, axis=1)


def nearest(known: Float64[np.ndarray, "F f"], asked: Float64[np.ndarray, "T f"], k: int) -> Int64[np.ndarray, "T _"]:
    """For each asked row its k nearest known rows, each feature scaled by what is known; fewer where there are."""
    from scipy.spatial.distance import cdist

    spread = known.std(0)
    scale = np.where(spread > 0, spread, 1.0)
    blocks = np.array_split(asked, max(1, len(asked) // _BLOCK))
    order = [np.argsort(cdist(block / scale, known / scale), axis=1, kind="stable")[:, :k] for block in blocks]
    found: Int64[np.ndarray, "T _"] = np.concatenate(order)
    return found
