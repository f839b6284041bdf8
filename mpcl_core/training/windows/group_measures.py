"""Measure each subject and session of a study once, for all selections of its windows that hold it whole."""

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Int64

from mpcl_core.data.truth import without_labels
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.toolkit.name_codes import number_names

Positions = Int64[np.ndarray, "_"]
Measured = TypeVar("Measured")


class GroupMeasures:
    """Hold what was measured of each subject and session of a study.

    Args:
        columns: all windows of the study, without signals.
        windows: returns the windows at some positions, with signals.
    """

    def __init__(self, columns: WindowSet, windows: Callable[[Positions], WindowSet]) -> None:
        self._columns, self._windows = columns, windows
        self._known: dict[Hashable, list[Any]] = {}

    def select(self, key: Hashable, measure: Callable[[WindowSet], Measured], positions: Positions) -> list[Measured]:
        """Measure the subjects and sessions that lie in a selection, and the rest of the selection.

        What was measured of a subject and session is kept for other selections.

        Args:
            key: under which what is measured of a whole subject and session is kept.
            measure: computes something from windows, whose ``D`` is NaN.
            positions: of the windows.

        Returns:
            What was measured of each part; at least one.
        """
        known, group = self._of_groups(key, measure), self._groups
        inside = np.bincount(group[positions], minlength=len(known))
        is_complete = inside == np.bincount(group, minlength=len(known))
        parts = [known[number] for number in np.flatnonzero(is_complete)]
        rest = positions[~is_complete[group[positions]]]
        return [*parts, *([measure(without_labels(self._windows(rest)))] if len(rest) or not parts else [])]

    def _of_groups(self, key: Hashable, measure: Callable[[WindowSet], Measured]) -> list[Measured]:
        if key not in self._known:
            order, counts = np.argsort(self._groups, kind="stable"), np.bincount(self._groups)
            members = np.split(order, np.cumsum(counts)[:-1])
            self._known[key] = [measure(without_labels(self._windows(each))) for each in members]
        return self._known[key]

    @cached_property
    def _groups(self) -> Positions:
        """Return the number of the subject and session of each window."""
        codes = [number_names(column)[1] for column in (self._columns.subject, self._columns.session)]
        pairs = codes[0] * (codes[1].max(initial=0) + 1) + codes[1]
        return np.unique(pairs, return_inverse=True)[1].reshape(-1)
