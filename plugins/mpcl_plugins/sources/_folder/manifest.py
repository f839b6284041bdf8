"""Read the table that lists the recordings of a study, one row each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, nan
from pathlib import Path

from mpcl_core.plugin import DELIMITERS, DataError, Row, csv_number, csv_rows
from mpcl_plugins.sources._folder.time_zones import find_zone
from mpcl_plugins.sources.formats.number_lines import MISSING
from mpcl_plugins.sources.formats.signal_file import Stretch

NEEDED = ("subject", "trial")
OPTIONAL = ("session", "condition", "stimulus", "weight", "start", "stop", "clock")
_LATEST = 1e9  # seconds
_WEIGHTS = (1e-6, 1e6)
HIGHEST = 1e6
"""The highest score of a scale whose ceiling is not stated."""


@dataclass(frozen=True)
class ManifestEntry:
    """Hold one row of the manifest: a recording.

    Args:
        line: where it stands in the manifest, from 1.
        subject: text.
        session: text, '' where the cell is empty.
        trial: text; begins with the session where there is one, so that it is unique within a subject.
        condition: text, '' where the cell is empty.
        stimulus: text, '' where the cell is empty.
        weight: the weight of the recording.
        stretch: the seconds of its files.
        files: column -> file, which exists; none for an empty cell.
        scores: its ratings; NaN where a cell is empty.
        clock: ``relative`` where its files start together, whatever absolute times they state; the time zone of files
            that state local time; '' where nothing is known.
    """

    line: int
    subject: str
    session: str
    trial: str
    condition: str
    stimulus: str
    weight: float
    stretch: Stretch
    files: dict[str, Path]
    scores: tuple[float, ...]
    clock: str = ""


@dataclass(frozen=True)
class Manifest:
    """Read a manifest.

    Args:
        path: the table, .csv or .tsv. Paths in it are relative to its folder.
        columns: the columns with files.
        labels: the columns with scores.
        scale: the lowest and the highest score.
    """

    path: Path
    columns: Sequence[str]
    labels: Sequence[str]
    scale: tuple[float, float]

    def entries(self) -> list[ManifestEntry]:
        """Return the recordings of the manifest, in their order.

        Returns:
            One entry a row.

        Raises:
            DataError: a column or a file is missing, a cell is invalid, or two rows are the same recording.
        """
        rows = self._rows()
        if not rows:
            raise DataError("there are no rows", self.path)
        entries = [self._entry(rows, number) for number in range(len(rows))]
        seen: dict[tuple[str, str, str], int] = {}
        names: dict[tuple[str, str], int] = {}
        for number, entry in enumerate(entries):
            trial = rows[number]["trial"]
            first = seen.setdefault((entry.subject, entry.session, trial), entry.line)
            if first != entry.line:
                session = f" session '{entry.session}'" if entry.session else ""
                message = f"subject '{entry.subject}'{session} trial '{trial}' is already on line {first}"
                raise DataError(message, self.path, line=entry.line)
            if names.setdefault((entry.subject, entry.trial), entry.line) != entry.line:  # '1-2', '3' beside '1', '2-3'
                entries[number] = replace(entry, trial=f"{entry.session}/{trial}")
        self._check_files(entries)
        return entries

    def _rows(self) -> list[Row]:
        if self.path.suffix.lower() not in DELIMITERS:
            raise DataError(f"no known kind of table. Known: {', '.join(DELIMITERS)}", self.path)
        rows = csv_rows(self.path, (*NEEDED, *self.columns, *self.labels), skip_blank=True)
        return [Row({column: _text(cell) for column, cell in row.items()}, row.line) for row in rows]

    def _entry(self, rows: Sequence[Row], number: int) -> ManifestEntry:
        row = rows[number]
        for column in NEEDED:
            if not row[column]:
                raise DataError(f"no {column} is named", self.path, column, line=row.line)
        session, trial = row.get("session", ""), row["trial"]
        files = {column: self.path.parent / row[column] for column in self.columns if row[column]}
        return ManifestEntry(
            row.line,
            row["subject"],
            session,
            f"{session}-{trial}" if session else trial,
            row.get("condition", ""),
            row.get("stimulus", ""),
            self._number(rows, number, "weight", _WEIGHTS, 1.0),
            self._stretch(rows, number),
            files,
            tuple(self._number(rows, number, label, self.scale, nan) for label in self.labels),
            self._clock(row.get("clock", ""), row.line),
        )

    def _clock(self, clock: str, line: int) -> str:
        if clock not in ("", "relative"):
            try:
                find_zone(clock)
            except ValueError:
                message = f"'{clock}' is neither 'relative' nor a time zone such as Europe/Berlin or +02:00, nor empty"
                raise DataError(message, self.path, "clock", line=line) from None
        return clock

    def _number(
        self, rows: Sequence[Row], number: int, column: str, bounds: tuple[float, float], default: float
    ) -> float:
        if rows[number].get(column, "").lower() in MISSING:
            return default
        found = csv_number(rows, number, column, self.path, *bounds)
        return default if found is None else found

    def _check_files(self, entries: Sequence[ManifestEntry]) -> None:
        named = [(entry, column, file) for entry in entries for column, file in entry.files.items()]
        lost = [(entry, column, file) for entry, column, file in named if not self._exists(file, column, entry.line)]
        if lost:
            entry, column, file = lost[0]
            count = f" ({len(lost)} of {len(named)} files are missing)" if len(lost) > 1 else ""
            raise DataError(
                f"no such file: {file}{count}. Paths begin at the folder of the manifest; leave the cell empty where a "
                "recording has no such signals",
                self.path,
                column,
                line=entry.line,
            )

    def _exists(self, file: Path, column: str, line: int) -> bool:
        try:
            return file.exists()
        except OSError as error:
            raise DataError(f"cannot be accessed ({error.strerror})", self.path, column, line=line) from error

    def _stretch(self, rows: Sequence[Row], number: int) -> Stretch:
        bounds = (0.0, _LATEST)
        start, stop = self._number(rows, number, "start", bounds, 0.0), self._number(rows, number, "stop", bounds, inf)
        if stop <= start:
            raise DataError(
                f"it stops at {stop:g} s, but starts at {start:g} s", self.path, "stop", line=rows[number].line
            )
        return Stretch(start, stop)


def _text(cell: str) -> str:
    """Return the text of a cell; ``n/a`` is how BIDS writes that it is empty.

    Returns:
        The text without spaces around it.
    """
    text = cell.strip()
    return "" if text == "n/a" else text
