"""Describe how good the signal of a modality is in a window."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float32

Verdict = Literal["good", "flat", "gaps", "absent"]


@dataclass(frozen=True)
class SignalQuality:
    """Hold the quality of one modality in one window.

    Args:
        received: the share of the window's samples that have come, from 0 to 1.
        flat: the share of channels without any variation.
    """

    received: float
    flat: float

    @property
    def verdict(self) -> Verdict:
        """Return the quality in a word: a modality with gaps is absent for the model, and a flat one is not."""
        if not self.received:
            return "absent"
        return "gaps" if self.received < 1 else "flat" if self.flat else "good"


def signal_quality(values: Float32[np.ndarray, "c t"]) -> SignalQuality:
    """Return the quality of the samples of a window.

    Args:
        values: (c, t) samples, NaN where they are missing.

    Returns:
        The quality.

    Example:
        >>> signal_quality(np.array([[1.0, 2.0, np.nan, 4.0]], np.float32))
        SignalQuality(received=0.75, flat=0.0)
    """
    received = ~np.isnan(values).any(axis=0)
    if not received.any():
        return SignalQuality(0.0, 0.0)
    known = values[:, received]
    return SignalQuality(float(received.mean()), float((known == known[:, :1]).all(axis=1).mean()))
