"""Filter with linear-phase band-passes without delay, in single precision by overlap-add.

    y_t = Σ_j h_j (x_{t−j} − x̄),  h symmetric about j = 0 (a sinc under a Hamming window)

Where the sum reaches past an end, x continues as its own reflection about the end's value. The gain is 1 in the band,
½ at its edges, and at most 0.0025 half a transition width beyond them; a constant is removed completely.
"""

from dataclasses import replace
from math import ceil

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Signal
from mpcl_plugins.transforms._gaps import bridge_gaps


def bandpass_taps(low: float, high: float, transition: float, sfreq: float) -> Float64[np.ndarray, "L"]:
    """Return the coefficients h of a band-pass.

    Args:
        low: lower edge in Hz.
        high: upper edge in Hz.
        transition: width of both edges in Hz.
        sfreq: sampling rate in Hz.

    Returns:
        (L,) coefficients, L odd.
    """
    from scipy.signal import firwin

    h: Float64[np.ndarray, L] = firwin(ceil(3.3 * sfreq / transition) | 1, (low, high), pass_zero=False, fs=sfreq)
    return h


def filter_signal(signal: Signal, h: Float64[np.ndarray, "L"]) -> Signal:
    """Return a signal filtered with these coefficients.

    Args:
        signal: the signal. Its dropouts remain; a straight line bridges them for the samples around them.
        h: (L,) coefficients, L odd.

    Returns:
        The band of every channel.
    """
    from scipy.signal import oaconvolve

    x, missing = bridge_gaps(signal.values)
    if not x.shape[1]:
        return signal
    level = x.mean(1, keepdims=True, dtype=np.float64).astype(np.float32)
    reach = ((0, 0), (len(h) // 2, len(h) // 2))
    padded = np.pad(x - level, reach, mode="reflect", reflect_type="odd")
    y = oaconvolve(padded, h.astype(np.float32)[None], mode="valid", axes=1)
    y[missing] = np.nan
    return replace(signal, values=y)
