"""Store the windows of a cohort's trainings on the device, each distinct window once.

The folds of a study overlap, and differ in what their fitted transforms make of the windows: transforms fitted by
subject give all folds the same windows; transforms fitted on a fold's own fitting windows give each fold others. So
windows are compared by content (``docs/concepts/unusual.md``, "The deduplicated window store").
"""

from hashlib import blake2b
from weakref import finalize

import numpy as np
import torch
from jaxtyping import Int64

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.training.windows.device_windows import DeviceWindows, WindowTensors, shared_tensor, tensor_dtype

CHUNK = 1024
"""Windows that are hashed at a time."""


class WindowStore(WindowTensors):
    """Store the distinct windows of window sets of one shape, each for as long as it is used.

    Args:
        device: where the tensors lie.
    """

    def __init__(self, device: torch.device) -> None:
        super().__init__(device)
        self._positions: dict[bytes, int] = {}
        self._keys: dict[int, bytes] = {}
        self._users = np.zeros(0, dtype=np.int64)

    def add(self, windows: WindowSet) -> DeviceWindows:
        """Add windows; those that are stored already are not copied again.

        Args:
            windows: the windows.

        Returns:
            All of them, in their order; their places are freed with this object.
        """
        keys = _content_keys(windows)
        new = {key: number for number, key in enumerate(keys) if key not in self._positions}
        free = self._reserve(windows, len(new))
        self._write(windows, np.fromiter(new.values(), np.int64, len(new)), free)
        self._positions |= zip(new, free.tolist(), strict=True)
        self._keys |= zip(free.tolist(), new, strict=True)
        positions = np.array([self._positions[key] for key in keys], dtype=np.int64)
        np.add.at(self._users, positions, 1)
        added = DeviceWindows(self, torch.from_numpy(positions).to(self.device))
        finalize(added, self._release, positions)
        return added

    def __len__(self) -> int:
        return len(self._positions)

    def _reserve(self, windows: WindowSet, n: int) -> Int64[np.ndarray, "n"]:
        """Find free positions, and enlarge the tensors where there are too few.

        Args:
            windows: give the shapes.
            n: how many positions.

        Returns:
            The positions.
        """
        capacity = len(self._users)
        if n > capacity - len(self):
            larger = max(len(self) + n, 2 * capacity)
            for tensors, arrays in self.pairs(windows):
                for name, values in arrays.items():
                    grown = torch.zeros((larger, *values.shape[1:]), dtype=tensor_dtype(values), device=self.device)
                    if name in tensors:
                        grown[:capacity] = tensors[name]
                    tensors[name] = grown
            self._users = np.concatenate([self._users, np.zeros(larger - capacity, dtype=np.int64)])
        return np.flatnonzero(self._users == 0)[:n]

    def _write(self, windows: WindowSet, chosen: Int64[np.ndarray, "n"], positions: Int64[np.ndarray, "n"]) -> None:
        index = torch.from_numpy(positions).to(self.device)
        for tensors, arrays in self.pairs(windows):
            for name, values in arrays.items():
                new = values if len(chosen) == len(windows) else values[chosen]
                tensors[name][index] = shared_tensor(new, self.device)

    def _release(self, positions: Int64[np.ndarray, "N"]) -> None:
        np.subtract.at(self._users, positions, 1)
        for position in np.unique(positions[self._users[positions] == 0]).tolist():
            del self._positions[self._keys.pop(position)]


def _content_keys(windows: WindowSet) -> list[bytes]:
    """Hash everything that each window holds.

    Returns:
        A digest for each window.
    """
    columns = [*windows.X.values(), *windows.present.values(), windows.D, windows.weight]
    return [key for first in range(0, len(windows), CHUNK) for key in _digests(columns, slice(first, first + CHUNK))]


def _digests(columns: list[np.ndarray], part: slice) -> list[bytes]:
    parts = [np.ascontiguousarray(values[part]).reshape(len(values[part]), -1).view(np.uint8) for values in columns]
    return [blake2b(window.data, digest_size=16).digest() for window in np.concatenate(parts, axis=1)]
