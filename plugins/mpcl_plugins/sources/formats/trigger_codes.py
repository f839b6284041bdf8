"""Turn the codes of a status or trigger channel into marks."""

import numpy as np
from jaxtyping import Int64

from mpcl_plugins.sources.formats.signal_file import Mark

MOST = 20_000
"""Marks; a channel with more changes of its value holds no codes."""
_TRIGGERS = 0xFFFF  # the bits of a BioSemi status word that hold triggers; others hold the state of the device
_HELD = 1.0  # seconds from which a code is a stretch rather than a pulse


def find_codes(codes: Int64[np.ndarray, "T"], sfreq: float, begins: Int64[np.ndarray, "T"] | None = None) -> list[Mark]:
    """Return a mark where a channel takes a value other than 0, with the value as its text.

    A value that is held for a second or more is a stretch of that length, and a shorter one is a moment.

    Args:
        codes: (T,) the values; of a BioSemi status word the lower 16 bits count.
        sfreq: the rate of the channel in Hz.
        begins: (T,) the sample at which each value was taken; None where none is missing.

    Returns:
        The marks in order; none where the channel changes too often to hold codes.

    Example:
        >>> find_codes(np.array([0, 0, 7, 7, 0, 9]), sfreq=2.0)
        [Mark(onset=1.0, duration=1.0, text='7'), Mark(onset=2.5, duration=0.0, text='9')]
    """
    values = codes & _TRIGGERS
    edges = np.concatenate([[0], np.flatnonzero(np.diff(values)) + 1, [len(values)]])
    if len(values) == 0 or len(edges) > MOST:
        return []
    at = np.arange(len(values)) if begins is None else begins
    marks = []
    for first, last in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        held = (int(at[last - 1]) + 1 - int(at[first])) / sfreq
        if values[first]:
            marks.append(Mark(int(at[first]) / sfreq, held if held >= _HELD else 0.0, str(int(values[first]))))
    return marks
