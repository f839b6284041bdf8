"""The rows of trainings that run together, each distinct row once.

The folds of a study differ in their rows, and in what their fitted transforms make of them: normalised by subject, say,
folds share their rows; normalised by the fold's own fitting rows, none.
"""

from hashlib import blake2b
from weakref import finalize

import numpy as np
import torch
from jaxtyping import Int64

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.training.device_windows import DeviceWindows, Tensors, dtype_of

CHUNK = 1024
"""Rows that are looked at in one go."""


class WindowStore(Tensors):
    """The distinct rows of window sets of one shape, each for as long as some `Rows` need it.

    Args:
        device: where the tensors lie.
    """

    def __init__(self, device: torch.device) -> None:
        super().__init__(device)
        self._slots: dict[bytes, int] = {}
        self._keys: dict[int, bytes] = {}
        self._users = np.zeros(0, dtype=np.int64)

    def add(self, windows: WindowSet) -> DeviceWindows:
        """These rows; what is there already is not stored again."""
        keys = _keys(windows)
        new = {key: row for row, key in enumerate(keys) if key not in self._slots}
        free = self._reserved(windows, len(new))
        self._write(windows, np.fromiter(new.values(), np.int64, len(new)), free)
        self._slots |= zip(new, free.tolist(), strict=True)
        self._keys |= zip(free.tolist(), new, strict=True)
        slots = np.array([self._slots[key] for key in keys], dtype=np.int64)
        np.add.at(self._users, slots, 1)
        rows = DeviceWindows(self, torch.from_numpy(slots).to(self.device))
        finalize(rows, self._release, slots)
        return rows

    def __len__(self) -> int:
        return len(self._slots)

    def _reserved(self, windows: WindowSet, n: int) -> Int64[np.ndarray, "n"]:
        """Free places for so many rows of this shape."""
        capacity = len(self._users)
        if n > capacity - len(self):
            larger = max(len(self) + n, 2 * capacity)
            for tensors, columns in self.beside(windows):
                for name, values in columns.items():
                    grown = torch.zeros((larger, *values.shape[1:]), dtype=dtype_of(values), device=self.device)
                    if name in tensors:
                        grown[:capacity] = tensors[name]
                    tensors[name] = grown
            self._users = np.concatenate([self._users, np.zeros(larger - capacity, dtype=np.int64)])
        return np.flatnonzero(self._users == 0)[:n]

    def _write(self, windows: WindowSet, rows: Int64[np.ndarray, "n"], slots: Int64[np.ndarray, "n"]) -> None:
        places = torch.from_numpy(slots).to(self.device)
        for tensors, columns in self.beside(windows):
            for name, values in columns.items():
                new = values if len(rows) == len(windows) else values[rows]
                tensors[name][places] = torch.as_tensor(new).to(tensors[name])

    def _release(self, slots: Int64[np.ndarray, "N"]) -> None:
        np.subtract.at(self._users, slots, 1)
        for slot in np.unique(slots[self._users[slots] == 0]).tolist():
            del self._slots[self._keys.pop(slot)]


def _keys(windows: WindowSet) -> list[bytes]:
    """A digest of everything that a row holds."""
    columns = [*windows.X.values(), *windows.present.values(), windows.D, windows.weight]
    return [key for first in range(0, len(windows), CHUNK) for key in _digests(columns, slice(first, first + CHUNK))]


def _digests(columns: list[np.ndarray], rows: slice) -> list[bytes]:
    parts = [np.ascontiguousarray(values[rows]).reshape(len(values[rows]), -1).view(np.uint8) for values in columns]
    return [blake2b(row.data, digest_size=16).digest() for row in np.concatenate(parts, axis=1)]
