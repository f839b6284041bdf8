"""x = (features − mean) / deviation of the fitting rows: a row as one vector in which every feature weighs the same."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from einops import rearrange
from jaxtyping import Bool, Float64

from mpcl_core.plugin import WindowSet

_CONSTANT = 1e-9  # relative to the mean: a feature that deviates less than this never varied


@dataclass(frozen=True)
class Standard:
    """What is known of the features of some rows: their means and deviations, (f,) each.

    Features are described as they are; a signal by the mean and the standard deviation of each of its channels over
    the window, because raw samples of two windows never match in phase. An absent modality says nothing: its features
    are 0, those of the mean row. So is a feature that never varies.
    """

    centre: Float64[np.ndarray, "f"]
    scale: Float64[np.ndarray, "f"]

    @classmethod
    def of(cls, windows: WindowSet) -> "Standard":
        """Learnt from these rows, each with its weight."""
        x, known = _described(windows)
        counted = windows.weight[:, None] * known
        share = counted / counted.sum(0).clip(np.finfo(np.float64).tiny)
        centre = (share * x).sum(0)
        deviation = np.sqrt((share * np.square(x - centre)).sum(0))
        varies = deviation > _CONSTANT * np.abs(centre).clip(_CONSTANT)
        return cls(centre, np.where(varies, deviation, np.inf))

    def __call__(self, windows: WindowSet) -> Float64[np.ndarray, "N f"]:
        """The rows, standardised."""
        x, known = _described(windows)
        standardised: Float64[np.ndarray, Any] = (x - self.centre) / self.scale * known
        return standardised


def _described(windows: WindowSet) -> tuple[Float64[np.ndarray, "N f"], Bool[np.ndarray, "N f"]]:
    """The features, and which are known."""
    tables, known = [], []
    for modality in windows.modalities:
        values = windows.X[modality.name].astype(np.float64)
        signal = modality.sfreq is not None
        tables.append(np.hstack([values.mean(2), values.std(2)]) if signal else rearrange(values, "N c t -> N (c t)"))
        known.append(np.broadcast_to(windows.present[modality.name][:, None], tables[-1].shape))
    return np.hstack(tables), np.hstack(known)
