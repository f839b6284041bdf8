"""Take a few recordings or windows of both sides of a fold from a source, and load them in place of all.

The engine prepares a few recordings at a time. Recordings of the two sides alternate, so that a transform which mixes
them meets both.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool

from mpcl_core.data.plan import Study
from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import Recording, WindowSet
from mpcl_core.leaks.window_groups import take_evenly
from mpcl_core.toolkit.wrapping_source import WrappingSource

N_RECORDINGS = 8
"""Recordings of each side."""

N_WINDOWS = 300
"""Windows of both sides."""

WindowName = tuple[str, str, str, int, float]
"""Subject, session, trial, window and start in seconds: names a window independently of its position."""


@dataclass(frozen=True)
class SourceSubset:
    """Hold G recordings or windows of a source.

    Args:
        data: the recordings or windows.
        is_tested: whether each holds test windows of the fold (G).
    """

    data: Sequence[Recording] | WindowSet
    is_tested: Bool[np.ndarray, "G"]

    def take(self, chosen: Bool[np.ndarray, "G"]) -> "SourceSubset":
        """Select some of the recordings or windows.

        Args:
            chosen: which ones (G).

        Returns:
            The selected part, in the same order.
        """
        places = np.flatnonzero(chosen)
        data = self.data
        taken = data.take(places) if isinstance(data, WindowSet) else [data[place] for place in places.tolist()]
        return SourceSubset(taken, self.is_tested[places])

    def exchange_labels(self) -> "SourceSubset":
        """Give each the label of the one half the list away.

        Returns:
            The same recordings or windows with exchanged labels.
        """
        order = np.roll(np.arange(len(self.is_tested)), len(self.is_tested) // 2)
        data = self.data
        if isinstance(data, WindowSet):
            return SourceSubset(replace(data, D=data.D[order]), self.is_tested)
        relabelled = [replace(one, D=data[other].D) for one, other in zip(data, order.tolist(), strict=True)]
        return SourceSubset(relabelled, self.is_tested)


class SubsetSource(WrappingSource):
    """Load recordings or windows that were taken from another source.

    Args:
        source: the other source.
        data: what was taken from it.
    """

    def __init__(self, *, source: Source, data: Sequence[Recording] | WindowSet) -> None:
        super().__init__(source=source)
        self.data, self.name = data, source.name  # type: ignore[misc]

    def load(self) -> Iterator[Recording] | WindowSet:
        """Return the recordings or windows that were taken.

        Returns:
            An iterator over recordings, or the windows.
        """
        return self.data if isinstance(self.data, WindowSet) else iter(self.data)


def take_subset(source: Source, study: Study) -> SourceSubset:
    """Take some recordings or windows from a source, each with a name of its own.

    Where all or none of them hold test windows of the first fold, every second one is counted as tested.

    Args:
        source: what is read.
        study: the study made of it.

    Returns:
        Recordings where the source loads recordings, else windows.
    """
    test = study.windows.take(study.folds[0].test)
    loaded = source.load()
    if isinstance(loaded, WindowSet):
        subset = _take_windows(loaded, test)
    else:
        subset = _take_recordings(loaded, test, study.windows)
    if subset.is_tested.all() or not subset.is_tested.any():
        return SourceSubset(subset.data, np.arange(len(subset.is_tested)) % 2 == 0)
    return subset


def name_windows(windows: WindowSet) -> list[WindowName]:
    """Return the name of each window.

    Args:
        windows: N windows.

    Returns:
        N names; the start is -1 where it is not known.
    """
    columns = (windows.subject, windows.session, windows.trial, windows.window, windows.t_start)
    return [
        (*name, start if start == start else -1.0)
        for *name, start in zip(*(column.tolist() for column in columns), strict=True)
    ]


def _take_windows(windows: WindowSet, test: WindowSet) -> SourceSubset:
    test_names = set(name_windows(test))
    is_tested = np.array([name in test_names for name in name_windows(windows)])
    places = np.concatenate([take_evenly(np.flatnonzero(side), N_WINDOWS // 2) for side in (is_tested, ~is_tested)])
    subset = windows.take(np.sort(places))
    if len(set(name_windows(subset))) < len(subset):
        subset.t_start = np.arange(len(subset), dtype=np.float64)
    return SourceSubset(subset, is_tested[np.sort(places)])


def _take_recordings(recordings: Iterator[Recording], test: WindowSet, windows: WindowSet) -> SourceSubset:
    test_names, all_names = ({name[:3] for name in name_windows(part)} for part in (test, windows))
    taken: list[Recording] = []
    is_tested: list[bool] = []
    for recording in recordings:
        name = (recording.subject, recording.session, recording.trial)
        if name in all_names and is_tested.count(name in test_names) < N_RECORDINGS:
            taken.append(recording)
            is_tested.append(name in test_names)
        if min(is_tested.count(True), is_tested.count(False)) >= N_RECORDINGS:
            break
    if len({(one.subject, one.session, one.trial) for one in taken}) < len(taken):
        taken = [replace(one, session=str(number)) for number, one in enumerate(taken)]
    rank = [(is_tested[:number].count(side), side) for number, side in enumerate(is_tested)]
    order = sorted(range(len(taken)), key=lambda number: rank[number])
    return SourceSubset([taken[number] for number in order], np.array([is_tested[n] for n in order], dtype=bool))
