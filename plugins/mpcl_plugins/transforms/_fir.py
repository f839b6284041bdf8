"""Filter with linear-phase band-passes without delay, in single precision by overlap-add.

    y_t = Σ_j h_j (x_{t−j} − x̄),  h symmetric about j = 0 (a sinc under a Hamming window)

Where the sum reaches past an end, x continues as its own reflection about the end's value. The gain is 1 in the band,
½ at its edges, and at most 0.0025 half a transition width beyond them; a constant is removed completely.
"""

from dataclasses import replace
from math import ceil

import numpy as np
from jaxtyping import Float32, Float64

from mpcl_core.plugin import Signal, change_channels
from mpcl_plugins.transforms._gaps import bridge_gaps

_BLOCK, _LONGEST = 2**18, 2**22  # samples of a channel at a time, and those that a channel has at most in one block


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
    if not signal.values.shape[1]:
        return signal
    values = change_channels(signal.values, lambda x: filter_channels(x, h), signal.values.shape[1])
    return replace(signal, values=values)


def filter_channels(values: Float32[np.ndarray, "c T"], h: Float64[np.ndarray, "L"]) -> Float32[np.ndarray, "c T"]:
    """Return channels filtered with these coefficients, a block of time after the other.

    Args:
        values: (c, T) samples, T at least 1.
        h: (L,) coefficients, L odd.

    Returns:
        (c, T) the band of every channel.
    """
    from scipy.signal import oaconvolve

    x, missing = bridge_gaps(values)
    n, reach = x.shape[1], len(h) // 2
    level = x.mean(1, keepdims=True, dtype=np.float64).astype(np.float32)
    coefficients = h.astype(np.float32)[None]
    y = np.empty_like(x)
    step = max(_BLOCK, 4 * reach) if len(x) == 1 and n > _LONGEST else n
    for begin in range(0, n, step):
        end = min(begin + step, n)
        first, last = max(begin - reach, 0), min(end + reach, n)
        sides = ((0, 0), (reach - (begin - first), reach - (last - end)))
        padded = np.pad(x[:, first:last] - level, sides, mode="reflect", reflect_type="odd")
        y[:, begin:end] = oaconvolve(padded, coefficients, mode="valid", axes=1)
    y[missing] = np.nan
    return y
