"""Rows as tensors that lie on the device once, whoever uses them; a batch is an index into them.

The folds of a study differ in their rows, and in what their fitted transforms make of them. A store keeps each distinct
row once: normalised by subject, say, folds share their rows; normalised by the fold's own fitting rows, none.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from copy import copy
from hashlib import blake2b
from weakref import finalize

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from mpcl_core.interfaces.data import Batch, WindowSet

CHUNK = 1024
"""Rows that are looked at in one go."""


class Store:
    """The distinct rows of window sets of one shape, each for as long as some `Rows` need it.

    Args:
        device: where the tensors lie.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.X: dict[str, Tensor] = {}
        self.present: dict[str, Tensor] = {}
        self.labels: dict[str, Tensor] = {}
        self._slots: dict[bytes, int] = {}
        self._users: Counter[bytes] = Counter()
        self._free: list[int] = []

    def add(self, windows: WindowSet) -> "Rows":
        """These rows; what is there already is not stored again."""
        keys = _keys(windows)
        new = {key: row for row, key in enumerate(keys) if key not in self._slots}
        self._reserve(windows, len(new))
        self._slots |= {key: self._free.pop() for key in new}
        self._write(windows, np.array(list(new.values()), dtype=np.int64), [self._slots[key] for key in new])
        self._users.update(keys)
        rows = Rows(self, torch.tensor([self._slots[key] for key in keys], device=self.device))
        finalize(rows, self._release, keys)
        return rows

    def __len__(self) -> int:
        return len(self._slots)

    def _reserve(self, windows: WindowSet, n: int) -> None:
        capacity = len(self._slots) + len(self._free)
        if n <= len(self._free):
            return
        larger = max(len(self._slots) + n, 2 * capacity if capacity else 0)
        for tensors, columns in self._columns(windows):
            for name, values in columns.items():
                dtype = torch.bool if values.dtype == bool else torch.get_default_dtype()
                grown = torch.zeros((larger, *values.shape[1:]), dtype=dtype, device=self.device)
                if name in tensors:
                    grown[:capacity] = tensors[name]
                tensors[name] = grown
        self._free += reversed(range(capacity, larger))

    def _write(self, windows: WindowSet, rows: Int64[np.ndarray, "R"], slots: list[int]) -> None:
        places = torch.tensor(slots, dtype=torch.int64, device=self.device)
        for tensors, columns in self._columns(windows):
            for name, values in columns.items():
                new = values if len(rows) == len(windows) else values[rows]
                tensors[name][places] = torch.as_tensor(new).to(tensors[name])

    def _columns(self, windows: WindowSet) -> list[tuple[dict[str, Tensor], Mapping[str, np.ndarray]]]:
        labels = {"D": windows.D, "weight": windows.weight}
        return [(self.X, windows.X), (self.present, windows.present), (self.labels, labels)]

    def _release(self, keys: list[bytes]) -> None:
        self._users.subtract(keys)
        for key in set(keys):
            if not self._users[key]:
                del self._users[key]
                self._free.append(self._slots.pop(key))


class Rows:
    """Some rows of a store, in an order of their own.

    Args:
        store: it.
        index: where they are in it.
    """

    def __init__(self, store: Store, index: Int64[Tensor, "N"]) -> None:
        self.store, self.index = store, index
        self._masks: dict[str, Tensor] = {}
        self._unmasked: Rows | None = None

    def __len__(self) -> int:
        return len(self.index)

    @property
    def D(self) -> Float[Tensor, "N k"]:
        """The distributions."""
        return self.store.labels["D"][self.index]

    @property
    def weight(self) -> Float[Tensor, "N"]:
        """What each row counts."""
        return self.store.labels["weight"][self.index]

    @property
    def present(self) -> dict[str, Bool[Tensor, "N"]]:
        """Modality name -> (N,) whether the row has it."""
        return {name: self._masks.get(name, mask[self.index]) for name, mask in self.store.present.items()}

    def masked(self, present: Mapping[str, Bool[Tensor, "N"]]) -> "Rows":
        """The same rows, of which some modalities are not there; their values stay where they are."""
        other = copy(self)
        other._unmasked = self  # the rows are needed for as long as this view of them
        other._masks = {name: mask & present.get(name, mask) for name, mask in self.present.items()}
        return other

    def batch(self, rows: Int64[Tensor, "b"]) -> Batch:
        """The rows with these numbers."""
        index, store = self.index[rows], self.store
        present = {name: mask.index_select(0, index) for name, mask in store.present.items()}
        return Batch(
            {name: values.index_select(0, index) for name, values in store.X.items()},
            present | {name: mask.index_select(0, rows) for name, mask in self._masks.items()},
            store.labels["D"].index_select(0, index),
            store.labels["weight"].index_select(0, index),
        )

    def shuffled(self, size: int, generator: torch.Generator) -> tuple[Int64[Tensor, "_"], ...]:
        """The number of each row once, in a random order, in parts of at most ``size``."""
        return torch.split(torch.randperm(len(self), generator=generator).to(self.index.device), size)

    def in_order(self, size: int) -> Iterator[Batch]:
        """Each row once, in their order, in batches of at most ``size``."""
        for rows in torch.split(torch.arange(len(self), device=self.index.device), size):
            yield self.batch(rows)


def _keys(windows: WindowSet) -> list[bytes]:
    """A digest of everything that a row holds."""
    columns = [*windows.X.values(), *windows.present.values(), windows.D, windows.weight]
    return [key for first in range(0, len(windows), CHUNK) for key in _digests(columns, slice(first, first + CHUNK))]


def _digests(columns: list[np.ndarray], rows: slice) -> list[bytes]:
    parts = [np.ascontiguousarray(values[rows]).reshape(len(values[rows]), -1).view(np.uint8) for values in columns]
    return [blake2b(row.data, digest_size=16).digest() for row in np.concatenate(parts, axis=1)]
