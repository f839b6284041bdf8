"""Resample with earlier samples alone, so that a live signal can be resampled chunk by chunk.

    y_i = Σ_j h_{iq − jp} x_j   over the samples j ≤ iq / p   (scipy's ``upfirdn``), in double precision

h is the low-pass of `resample` with its whole length before a sample in place of half of it, and each of its p phases
has the sum 1, so that a level stays. Before its first sample, a signal counts as constant. A dropout (NaN) remains one:
through it the last known value is held; after one that is as long as the filter, the signal starts anew.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from math import ceil

import numpy as np
from jaxtyping import Bool, Float64

from mpcl_core.plugin import Signal, allocate_samples, release_samples

HALF_LENGTH = 10
"""Samples at the lower of the two rates by which the result is delayed."""

_BLOCK = 2**16  # samples of all channels at a time


@dataclass(frozen=True)
class PolyphaseState:
    """Hold what a filter knows of the earlier samples of a signal.

    Args:
        values: (c, H) the last samples, dropouts filled; the first of them stands at a sample of the result.
        is_missing: (c, H) which of them are dropouts.
        run: (c,) the length of the dropout that reaches to the last sample.
        made: samples of the result that stand at these samples and have been returned.
    """

    values: Float64[np.ndarray, "c H"]
    is_missing: Bool[np.ndarray, "c H"]
    run: np.ndarray
    made: int


def resample_chunk(chunk: Signal, p: int, q: int, state: PolyphaseState | None) -> tuple[Signal, PolyphaseState]:
    """Resample the next samples of a signal to p / q times its rate.

    Args:
        chunk: the samples.
        p, q: the ratio of the rates, in lowest terms.
        state: that after the chunk before; None for the first chunk.

    Returns:
        The samples of the result that stand before the end of the chunk and have not been returned, and the state.
    """
    from scipy.signal import upfirdn

    if p == q:
        return chunk, _initial(len(chunk.values), 0, p, q)
    h = _low_pass(p, q)
    reach = ceil(len(h) / p)
    state = state or _initial(len(chunk.values), reach, p, q)
    n_before = state.values.shape[1]
    x = np.concatenate([state.values, chunk.values], axis=1)
    is_missing = np.concatenate([state.is_missing, np.isnan(chunk.values)], axis=1)
    run = _fill(x, is_missing, n_before, reach, state.run)
    n_made = x.shape[1] * p // q
    values = upfirdn(h, x, p, q, axis=1)[:, state.made : n_made].astype(np.float32)
    values[_newest_missing(is_missing, np.arange(state.made, n_made), p, q)] = np.nan
    start = chunk.start - n_before / chunk.sfreq + state.made / (chunk.sfreq * p / q)
    dropped = max((x.shape[1] - reach - q) // q * q, 0)
    after = PolyphaseState(x[:, dropped:].copy(), is_missing[:, dropped:].copy(), run, n_made - dropped * p // q)
    return Signal(values, chunk.sfreq * p / q, start), after


def resample_causally(signal: Signal, p: int, q: int, sfreq: float) -> Signal:
    """Resample a signal from its start to its end.

    Args:
        signal: the signal.
        p, q: the ratio of the rates, in lowest terms.
        sfreq: the new rate in Hz.

    Returns:
        What `resample_chunk` makes of its chunks.
    """
    n_chans, n_times = signal.values.shape
    made = allocate_samples(n_chans, n_times * p // q)
    step, state, done = max(_BLOCK // n_chans, q), None, 0
    for first in range(0, n_times, step):
        chunk, state = resample_chunk(replace(signal, values=signal.values[:, first : first + step]), p, q, state)
        made[:, done : done + chunk.values.shape[1]] = chunk.values
        done += chunk.values.shape[1]
        release_samples(signal.values)
        release_samples(made)
    return Signal(made, sfreq, signal.start)


def _initial(n_chans: int, reach: int, p: int, q: int) -> PolyphaseState:
    n = ceil(reach / q) * q
    values = np.zeros((n_chans, n))
    return PolyphaseState(values, np.zeros((n_chans, n), bool), np.full(n_chans, n), n * p // q)


def _fill(
    x: Float64[np.ndarray, "c H"], is_missing: Bool[np.ndarray, "c H"], first: int, reach: int, run: np.ndarray
) -> np.ndarray:
    """Fill the dropouts of a chunk in place: with the last known value, after a long one with the next.

    Returns:
        (c,) the length of the dropout that reaches to the last sample.
    """
    runs = run.copy()
    if not is_missing[:, first:].any() and not runs.any():
        return runs
    for channel, (values, missing) in enumerate(zip(x, is_missing, strict=True)):
        edges = [first, *(np.flatnonzero(np.diff(missing[first:])) + 1 + first).tolist(), len(values)]
        for begin, stop in pairwise(edges):
            if begin == stop:
                continue
            if missing[begin]:
                values[begin:stop] = values[begin - 1]
                runs[channel] += stop - begin
                continue
            if runs[channel] >= reach:
                values[max(begin - runs[channel], 0) : begin] = values[begin]
            runs[channel] = 0
    return runs


def _newest_missing(is_missing: Bool[np.ndarray, "c H"], i: np.ndarray, p: int, q: int) -> Bool[np.ndarray, "c t"]:
    """Return whether the newest sample is missing, or one that came since the result before.

    Returns:
        (c, t), True where one is missing.
    """
    last = i * q // p
    first = np.minimum((i - 1) * q // p + 1, last).clip(0)
    before = np.pad(np.cumsum(is_missing, axis=1, dtype=np.int32), ((0, 0), (1, 0)))
    found: Bool[np.ndarray, "c t"] = before[:, last + 1] > before[:, first]
    return found


@lru_cache
def _low_pass(p: int, q: int) -> Float64[np.ndarray, "L"]:
    """Compute the filter, once and not for every chunk.

    Returns:
        (L,) coefficients at p times the rate.
    """
    from scipy.signal import firwin

    slower = max(p, q)
    h = np.asarray(firwin(2 * HALF_LENGTH * slower + 1, 1 / slower, window=("kaiser", 5.0)))
    for phase in range(p):
        h[phase::p] /= h[phase::p].sum()
    return h
