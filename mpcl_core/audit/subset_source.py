"""A few recordings or windows of a source, of both sides of a fold, to be prepared in place of all of them.

The engine prepares a few recordings at a time. Recordings of the two sides stand in turn, so that they meet there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool

from mpcl_core.audit.window_groups import spread
from mpcl_core.data.plan import Study
from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import Modality, Recording, Valence, WindowSet

RECORDINGS = 8
"""Recordings of each side."""

WINDOWS = 300
"""Windows of both sides."""

Row = tuple[str, str, str, int, float]
"""Subject, session, trial, window and start: names a row, whatever its place."""


@dataclass(frozen=True)
class Some:
    """Recordings or windows of a source.

    Args:
        data: what they are.
        tested: which of them hold test rows of the fold.
    """

    data: Sequence[Recording] | WindowSet
    tested: Bool[np.ndarray, "G"]

    def take(self, chosen: Bool[np.ndarray, "G"]) -> "Some":
        """Those that are chosen."""
        places = np.flatnonzero(chosen)
        data = self.data
        taken = data.take(places) if isinstance(data, WindowSet) else [data[place] for place in places.tolist()]
        return Some(taken, self.tested[places])

    def relabelled(self) -> "Some":
        """Each has the label of another, half of them away."""
        order = np.roll(np.arange(len(self.tested)), len(self.tested) // 2)
        data = self.data
        if isinstance(data, WindowSet):
            return Some(replace(data, D=data.D[order]), self.tested)
        return Some(
            [replace(one, D=data[other].D) for one, other in zip(data, order.tolist(), strict=True)], self.tested
        )


class Given(Source):
    """A source that brings what was taken from another."""

    def __init__(self, *, source: Source, data: Sequence[Recording] | WindowSet) -> None:
        self.source, self.data, self.name = source, data, source.name  # type: ignore[misc]

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return self.source.modalities

    @property
    def labels(self) -> tuple[str, ...]:
        return self.source.labels

    @property
    def valence(self) -> Valence | None:
        return self.source.valence

    def load(self) -> Iterator[Recording] | WindowSet:
        return self.data if isinstance(self.data, WindowSet) else iter(self.data)


def some(source: Source, study: Study) -> Some:
    """Some of what the source brings, all told apart by name.

    Where all of it holds test rows of the first fold, or nothing does, every second one is said to.
    """
    test = study.windows.take(study.folds[0].test)
    loaded = source.load()
    found = _windows(loaded, test) if isinstance(loaded, WindowSet) else _recordings(loaded, test, study.windows)
    if found.tested.all() or not found.tested.any():
        return Some(found.data, np.arange(len(found.tested)) % 2 == 0)
    return found


def row_names(windows: WindowSet) -> list[Row]:
    """The name of each row."""
    columns = (windows.subject, windows.session, windows.trial, windows.window, windows.t_start)
    return [
        (*name, start if start == start else -1.0)
        for *name, start in zip(*(column.tolist() for column in columns), strict=True)
    ]


def _windows(windows: WindowSet, test: WindowSet) -> Some:
    held = set(row_names(test))
    tested = np.array([name in held for name in row_names(windows)])
    places = np.concatenate([spread(np.flatnonzero(side), WINDOWS // 2) for side in (tested, ~tested)])
    rows = windows.take(np.sort(places))
    if len(set(row_names(rows))) < len(rows):
        rows.t_start = np.arange(len(rows), dtype=np.float64)
    return Some(rows, tested[np.sort(places)])


def _recordings(recordings: Iterator[Recording], test: WindowSet, windows: WindowSet) -> Some:
    held, known = ({name[:3] for name in row_names(rows)} for rows in (test, windows))
    found: list[Recording] = []
    tested: list[bool] = []
    for recording in recordings:
        name = (recording.subject, recording.session, recording.trial)
        if name in known and tested.count(name in held) < RECORDINGS:
            found.append(recording)
            tested.append(name in held)
        if min(tested.count(True), tested.count(False)) >= RECORDINGS:
            break
    if len({(one.subject, one.session, one.trial) for one in found}) < len(found):
        found = [replace(one, session=str(number)) for number, one in enumerate(found)]
    place = [(tested[:number].count(side), side) for number, side in enumerate(tested)]
    turns = sorted(range(len(found)), key=lambda number: place[number])
    return Some([found[number] for number in turns], np.array([tested[number] for number in turns], dtype=bool))
