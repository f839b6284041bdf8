"""Read a table of events, which cut the recordings of a study into trials.

A row is a trial: ``subject`` (or ``participant_id``), ``session`` where there are any, ``trial`` (or ``trial_type``),
and its time: ``start`` (or ``onset``) and ``stop`` (or ``end``, or ``duration``); ``condition`` and ``stimulus`` where
they are known. Times are seconds from the first start of the recording's files, seconds since 1970, or ISO text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from mpcl_core.interfaces.errors import DataError
from mpcl_core.toolkit.csv_table import Row, csv_rows

NAMES = {
    "subject": ("subject", "participant_id"),
    "session": ("session", "session_id"),
    "trial": ("trial", "trial_type"),
    "start": ("start", "onset"),
    "stop": ("stop", "end"),
    "duration": ("duration",),
    "condition": ("condition",),
    "stimulus": ("stimulus",),
}
"""What is read -> the names that its column may have, in the order of preference."""
_SINCE_1970 = 3e8
"""Seconds from which a time is one since 1970: recordings are shorter, and sensors are younger."""


@runtime_checkable
class StartLike(Protocol):
    """Describe the absolute time at which a recording starts, as the source `folder` finds it."""

    @property
    def seconds(self) -> float:
        """Return the seconds since 1970."""

    @property
    def clock(self) -> str:
        """Return ``utc`` or ``local``."""


@dataclass(frozen=True)
class TableEvent:
    """Hold one event of a table.

    Args:
        name: the trial.
        start, stop: as they are written; ``stop`` is '' where the table does not state it.
        duration: seconds, as written.
        condition, stimulus: '' where unknown.
        line: its line in the table; None where it is of no table.
    """

    name: str
    start: str
    stop: str
    duration: str
    condition: str
    stimulus: str
    line: int | None


@dataclass(frozen=True)
class EventTable:
    """Hold the events of a table.

    Args:
        path: the table.
        has_session: whether it has a column for the session.
        events: (subject, session) -> its events, in the order of the table.
    """

    path: Path
    has_session: bool
    events: Mapping[tuple[str, str], Sequence[TableEvent]]

    def of(self, subject: str, session: str) -> Sequence[TableEvent]:
        """Return the events of a recording.

        Args:
            subject: the subject.
            session: the session, which is not compared where the table has none.

        Returns:
            The events.
        """
        return self.events.get((subject, session if self.has_session else ""), ())

    def seconds(self, event: TableEvent, first: StartLike | None) -> tuple[float, float | None]:
        """Return the start and the stop of an event in seconds from the first start of the recording's files.

        Args:
            event: an event.
            first: the absolute time of that start; None where the files do not agree on one.

        Returns:
            The start, and the stop where it is known.

        Raises:
            DataError: a cell is no time, an absolute time cannot be compared with the files, or the event stops before
                it starts.
        """
        start = self._time(event.start, first, "start", event.line)
        if event.duration and not event.stop:
            stop: float | None = start + self._number(event.duration, "duration", event.line)
        else:
            stop = self._time(event.stop, first, "stop", event.line) if event.stop else None
        if start < 0 or (stop is not None and stop <= start):
            end = "the end" if stop is None else f"{stop:g} s"
            message = f"lasts from {start:g} s to {end}, counted from the start of the recording"
            raise DataError(message, self.path, line=event.line)
        return start, stop

    def _time(self, text: str, first: StartLike | None, column: str, line: int | None) -> float:
        if not text:
            raise DataError("no time is stated", self.path, column, line=line)
        try:
            seconds, clock = float(text), "utc"
        except ValueError:
            seconds, clock = self._iso(text, column, line)
        if seconds < _SINCE_1970:
            return seconds
        if first is None:
            raise DataError(
                f"{text} is an absolute time, but the files do not agree on one", self.path, column, line=line
            )
        if clock != first.clock:
            message = f"{text} is in {_ZONES[clock]}, but the files state {_ZONES[first.clock]}"
            raise DataError(message, self.path, column, line=line)
        return round(seconds - first.seconds, 6)

    def _iso(self, text: str, column: str, line: int | None) -> tuple[float, str]:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            message = f"'{text}' is neither seconds nor a time such as 2021-05-27T09:30:00+02:00"
            raise DataError(message, self.path, column, line=line) from error
        if moment.tzinfo is None:
            return moment.replace(tzinfo=UTC).timestamp(), "local"
        return moment.timestamp(), "utc"

    def _number(self, text: str, column: str, line: int | None) -> float:
        try:
            return float(text)
        except ValueError as error:
            raise DataError(f"'{text}' is not a number of seconds", self.path, column, line=line) from error


_ZONES = {"utc": "UTC or states its time zone", "local": "local time without a time zone"}


def read_events(path: Path) -> EventTable:
    """Read a table of events.

    Args:
        path: the table, .csv or .tsv.

    Returns:
        The events.

    Raises:
        DataError: a column is missing, a row names nobody or no trial, or a trial appears twice.
    """
    rows = csv_rows(path, (), skip_blank=True)
    names = {part: next((name for name in known if rows and name in rows[0]), "") for part, known in NAMES.items()}
    for part in ("subject", "trial", "start"):
        if not names[part]:
            raise DataError(f"there is no such column (or {NAMES[part][-1]})", path, part)
    events: dict[tuple[str, str], list[TableEvent]] = {}
    for row in rows:
        cells = {part: _cell(row, name) for part, name in names.items()}
        for part in ("subject", "trial"):
            if not cells[part]:
                raise DataError("the cell is empty", path, names[part], line=row.line)
        of_recording = events.setdefault((cells["subject"], cells["session"]), [])
        if any(event.name == cells["trial"] for event in of_recording):
            raise DataError(f"{cells['subject']} has '{cells['trial']}' already", path, names["trial"], line=row.line)
        times = (cells["start"], cells["stop"], cells["duration"])
        of_recording.append(TableEvent(cells["trial"], *times, cells["condition"], cells["stimulus"], row.line))
    return EventTable(path, bool(names["session"]), events)


def _cell(row: Row, name: str) -> str:
    text = row[name].strip() if name else ""
    return "" if text == "n/a" else text
