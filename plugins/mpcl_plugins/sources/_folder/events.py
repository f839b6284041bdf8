"""Find the trials of a recording by what its files mark: annotations, tags, markers and tables of events."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from mpcl_core.plugin import DataError, Row, csv_number, csv_rows
from mpcl_plugins.sources._folder.clock import find_offsets
from mpcl_plugins.sources.formats.open_file import open_file
from mpcl_plugins.sources.formats.signal_file import Mark, Start

_NO_TRIAL = ("bad", "edge", "boundary", "new segment")
_BEGINS, _ENDS = ("start", "begin", "onset", "on"), ("stop", "end", "offset", "off")
_LATEST = 1e9  # seconds


class Event(NamedTuple):
    """Hold a stretch that a file marks.

    Args:
        start: seconds from the first start of the files of its recording.
        stop: where it ends; None where the file does not state it.
        name: unique among those of a recording.
    """

    start: float
    stop: float | None
    name: str


def find_events(files: Mapping[str, Path]) -> list[Event]:
    """Return the stretches that the files of one recording mark, in order.

    The table of events of a BIDS file counts instead of the marks inside the file, which it repeats; the codes of a
    status channel count where a file has no annotations.

    Annotations and events with a duration are stretches. Where none has one, a mark named ``X start`` reaches to
    ``X end``, and every other one to the next mark. Times count from the first start of all files, as ``start`` and
    ``stop`` of a manifest do.

    Args:
        files: column of the manifest -> file.

    Returns:
        The events.

    Raises:
        DataError: a file is damaged.
    """
    opened = {column: open_file(path) for column, path in files.items()}
    offsets = find_offsets(opened)
    marks = {
        Mark(mark.onset + offsets[column], mark.duration, mark.text)
        for column, file in opened.items()
        for mark in _bids_events(file.path) or file.marks
        if not mark.text.lower().startswith(_NO_TRIAL)
    }
    ordered = sorted(mark for mark in marks if mark.onset >= 0)
    return _distinct([event for event in _stretches(ordered) if event.stop is None or event.stop > event.start])


def find_first_start(files: Mapping[str, Path]) -> Start | None:
    """Return the absolute time from which ``start`` and ``stop`` of a recording count.

    Args:
        files: column of the manifest -> file.

    Returns:
        The earliest time; None where no file states one, or where some state UTC and others local time.

    Raises:
        DataError: a file is damaged.
    """
    starts = [start for path in files.values() if (start := open_file(path).start) is not None]
    return min(starts) if len({start.clock for start in starts}) == 1 else None


def _stretches(marks: Sequence[Mark]) -> list[Event]:
    if lasting := [mark for mark in marks if mark.duration > 0]:
        return [Event(mark.onset, mark.onset + mark.duration, mark.text) for mark in lasting]
    events, ends = [], [mark.onset for mark in marks[1:]]
    for number, mark in enumerate(marks):
        name, edge = _edge(mark.text)
        if edge == "end":
            continue
        later = [other.onset for other in marks[number + 1 :] if _edge(other.text) == (name, "end")]
        stop = later[0] if edge == "begin" and later else ends[number] if number < len(ends) else None
        events.append(Event(mark.onset, stop, name or "tag"))
    return events


def _edge(text: str) -> tuple[str, str]:
    """Return the name of a mark without the word for its edge, and which edge that is.

    Returns:
        The name, and ``begin``, ``end`` or ''.
    """
    words = text.replace("_", " ").replace("-", " ").split()
    for edge, names in (("begin", _BEGINS), ("end", _ENDS)):
        if len(words) > 1 and (found := [word for word in words if word.lower() in names]):
            return " ".join(word for word in words if word is not found[0]), edge
    return text, ""


def _distinct(events: Sequence[Event]) -> list[Event]:
    """Return the events with numbers after names that occur several times.

    Returns:
        The events in order.
    """
    total, seen = Counter(event.name for event in events), Counter[str]()
    named = []
    for event in events:
        seen[event.name] += 1
        named.append(event._replace(name=f"{event.name}-{seen[event.name]}" if total[event.name] > 1 else event.name))
    return named


def _bids_events(path: Path) -> list[Mark]:
    """Return the events of the BIDS table beside a file.

    Returns:
        The marks; none where there is no such table.
    """
    table = path.with_name(f"{path.name.rpartition('_')[0]}_events.tsv")
    if not path.name.startswith("sub-") or not table.is_file():
        return []
    found = csv_rows(table, BIDS)
    rows = [Row({column: "" if cell == "n/a" else cell for column, cell in row.items()}, row.line) for row in found]
    marks = []
    for number, row in enumerate(rows):
        onset, duration = (csv_number(rows, number, column, table, -_LATEST, _LATEST) for column in BIDS)
        if onset is None:
            raise DataError("no time is stated", table, "onset", line=row.line)
        marks.append(Mark(onset, duration or 0.0, row.get("trial_type") or row.get("value") or ""))
    return marks


BIDS = ("onset", "duration")
"""The columns that every table of events in BIDS has."""
