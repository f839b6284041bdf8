"""Hold the newest samples of a signal, by their positions."""

import numpy as np
from jaxtyping import Float32


class SampleRing:
    """Hold at least the last ``capacity`` samples; memory does not grow.

    Args:
        n_chans: c, the number of channels.
        capacity: the number of samples.

    Attributes:
        end: the position after the last sample.

    Example:
        >>> ring = SampleRing(1, 4)
        >>> ring.write(0, np.arange(6, dtype=np.float32)[None])
        >>> ring.read(4, 3).tolist()
        [[4.0, 5.0, nan]]
    """

    def __init__(self, n_chans: int, capacity: int) -> None:
        self.capacity, self.end = capacity, 0
        self._values = np.full((n_chans, 2 * capacity), np.nan, np.float32)
        self._n = 0

    def write(self, position: int, values: Float32[np.ndarray, "c n"]) -> None:
        """Append samples; those between the last one and their first are missing (NaN).

        Args:
            position: that of the first, not below ``end``.
            values: (c, n) samples.
        """
        gap = position - self.end
        if gap >= self.capacity:
            self._n = 0
        elif gap:
            self._append(np.full((len(self._values), gap), np.nan, np.float32))
        for first in range(0, values.shape[1], self.capacity):
            self._append(values[:, first : first + self.capacity])
        self.end = position + values.shape[1]

    def read(self, position: int, n: int) -> Float32[np.ndarray, "c n"]:
        """Return samples; NaN where they are missing, or no longer or not yet there.

        Args:
            position: that of the first.
            n: their number.

        Returns:
            (c, n) samples.
        """
        found = np.full((len(self._values), n), np.nan, np.float32)
        begin = self.end - self._n
        first, stop = max(position, begin), min(position + n, self.end)
        if first < stop:
            found[:, first - position : stop - position] = self._values[:, first - begin : stop - begin]
        return found

    def _append(self, values: Float32[np.ndarray, "c n"]) -> None:
        n = values.shape[1]
        if self._n + n > self._values.shape[1]:
            kept = min(self._n, self.capacity)
            self._values[:, :kept] = self._values[:, self._n - kept : self._n]
            self._n = kept
        self._values[:, self._n : self._n + n] = values
        self._n += n
