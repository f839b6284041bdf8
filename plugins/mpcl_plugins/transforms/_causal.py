"""Filter with recursive filters that use earlier samples alone, so that a live signal can be filtered chunk by chunk.

    y_t = Σ_j b_j x_{t−j} − Σ_j a_j y_{t−j}   in sections of second order (scipy's ``sosfilt``), in double precision

Before its first sample, a signal counts as constant, so that a level causes no response at the start. A dropout (NaN)
remains one: up to `HOLD` seconds of it the last known value goes on; after more the filter starts anew.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from jaxtyping import Float32, Float64

from mpcl_core.plugin import Signal, allocate_samples, release_samples

HOLD = 1.0
"""Seconds of a dropout through which the last known value is held."""

_BLOCK = 2**18  # samples of all channels at a time

Sections = Float64[np.ndarray, "S 6"]


@dataclass(frozen=True)
class ChannelState:
    """Hold what a filter knows of the earlier samples of one channel.

    Args:
        zi: (S, 2) the delays of the sections; None before the first known sample.
        last: the last known sample.
        missing: the number of samples that are missing since.
    """

    zi: Float64[np.ndarray, "S 2"] | None = None
    last: float = 0.0
    missing: int = 0


def filter_chunk(
    chunk: Signal, sections: Sections, state: tuple[ChannelState, ...] | None
) -> tuple[Signal, tuple[ChannelState, ...]]:
    """Filter the next samples of a signal.

    Args:
        chunk: the samples.
        sections: (S, 6) second-order sections.
        state: that of each channel after the chunk before; None for the first chunk.

    Returns:
        The filtered samples, and the state after them.
    """
    channels = state or (ChannelState(),) * len(chunk.values)
    if chunk.values.shape[1] == 0:
        return chunk, channels
    hold = round(HOLD * chunk.sfreq)
    is_plain = not np.isnan(chunk.values).any() and all(each.zi is not None and not each.missing for each in channels)
    if is_plain:
        values, filtered = _filter_known(chunk.values, sections, channels)
    else:
        pairs = [_filter_channel(x, sections, each, hold) for x, each in zip(chunk.values, channels, strict=True)]
        values, filtered = np.stack([y for y, _ in pairs]), tuple(each for _, each in pairs)
    return replace(chunk, values=values), filtered


def filter_causally(signal: Signal, sections: Sections) -> Signal:
    """Filter a signal from its start to its end.

    Args:
        signal: the signal.
        sections: (S, 6) second-order sections.

    Returns:
        The filtered signal: what `filter_chunk` makes of its chunks.
    """
    filtered = allocate_samples(*signal.values.shape)
    step, state = max(_BLOCK // len(signal.values), 1), None
    for first in range(0, signal.values.shape[1], step):
        chunk, state = filter_chunk(replace(signal, values=signal.values[:, first : first + step]), sections, state)
        filtered[:, first : first + step] = chunk.values
        release_samples(signal.values)
        release_samples(filtered)
    return replace(signal, values=filtered)


def _filter_known(
    x: Float32[np.ndarray, "c T"], sections: Sections, channels: tuple[ChannelState, ...]
) -> tuple[Float32[np.ndarray, "c T"], tuple[ChannelState, ...]]:
    from scipy.signal import sosfilt

    zi = np.stack([each.zi for each in channels if each.zi is not None], axis=1)
    y, zf = sosfilt(sections, x.astype(np.float64), axis=1, zi=zi)
    states = tuple(ChannelState(zf[:, number], float(x[number, -1])) for number in range(len(x)))
    return y.astype(np.float32), states


def _filter_channel(
    x: Float32[np.ndarray, "T"], sections: Sections, state: ChannelState, hold: int
) -> tuple[Float32[np.ndarray, "T"], ChannelState]:
    """Filter a channel, one stretch without or of dropouts after the other.

    Returns:
        The filtered samples, and the state after them.
    """
    from scipy.signal import sosfilt, sosfilt_zi

    y = np.full(len(x), np.nan, np.float32)
    missing = np.isnan(x)
    edges = [0, *(np.flatnonzero(np.diff(missing)) + 1).tolist(), len(x)]
    for first, stop in pairwise(edges):
        if missing[first]:
            state = replace(state, missing=state.missing + stop - first)
            continue
        known = x[first:stop].astype(np.float64)
        if state.zi is None or state.missing > hold:
            zi = sosfilt_zi(sections) * known[0]
        elif state.missing:
            _, zi = sosfilt(sections, np.full(state.missing, state.last), zi=state.zi)
        else:
            zi = state.zi
        made, zf = sosfilt(sections, known, zi=zi)
        y[first:stop], state = made, ChannelState(zf, float(known[-1]))
    return y, state
