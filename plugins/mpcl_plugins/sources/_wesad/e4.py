"""Read the wrist files of WESAD's E4 on the questionnaire's clock: t_E4 = t_questionnaire + offset.

The watch and the chest device were switched on at different times, and neither the questionnaire nor the watch's
files state the difference; a table of offsets must, one row a person.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mpcl_core.plugin import DataError, Signal, csv_number, csv_rows
from mpcl_plugins.sources._wesad.questionnaire import Rating
from mpcl_plugins.sources._wesad.tracks import Channel, Track, cut_tracks, make_track
from mpcl_plugins.sources.formats.e4_file import E4Table, read_e4_table

OFFSET = "e4_offset_s"
DAY = 86400.0


def read(
    place: Path, conditions: Sequence[Rating], channels: Mapping[str, Channel], offset: float
) -> Iterator[dict[str, Signal]]:
    """Yield the signals of each condition.

    Args:
        place: the folder or archive of one person.
        conditions: the conditions.
        channels: modality name -> where it is stored.
        offset: seconds that the watch's clock is ahead of the questionnaire's.

    Yields:
        Modality name -> signal.

    Raises:
        DataError: a file is missing or damaged, or a condition lies outside the recording.
    """
    session = _tracks(place, channels)
    for condition in conditions:
        begin, end = condition.start + offset, condition.stop + offset
        found = cut_tracks(session, begin, end)
        if not found:
            raise DataError(f"{condition.name} would be from {begin:g} to {end:g} s, outside the recording", place)
        yield found


def offsets(path: Path, people: Sequence[str]) -> dict[str, float]:
    """Return the offset of each person.

    Args:
        path: the table.
        people: the persons that must be in it.

    Returns:
        Person -> seconds.

    Raises:
        DataError: the table is missing, lacks a column or a person, or a cell is not a number.
    """
    rows = csv_rows(path, ("subject", OFFSET))
    found: dict[str, float] = {}
    for row, cells in enumerate(rows):
        offset = csv_number(rows, row, OFFSET, path, -DAY, DAY)
        if offset is None:
            raise DataError("is empty", path, OFFSET, line=cells.line)
        found[cells["subject"].strip()] = offset
    if unknown := [name for name in people if name not in found]:
        raise DataError(f"has no row for {', '.join(unknown)}", path, "subject")
    return found


def _tracks(place: Path, channels: Mapping[str, Channel]) -> dict[str, Track]:
    """Return the signals on the recording's own clock, which starts with ``BVP.csv``.

    Returns:
        Modality name -> the signal of the whole session.
    """
    zero = _table(place, "BVP").start
    return {name: _track(_table(place, channel.stored), channel, zero) for name, channel in channels.items()}


def _table(place: Path, stored: str) -> E4Table:
    table = read_e4_table(place, stored)
    if table is None or not table.lines:
        raise DataError("there are no samples", place, f"{stored}.csv")
    return table


def _track(table: E4Table, channel: Channel, zero: float) -> Track:
    if table.sfreq != channel.modality.sfreq:
        expected = f"{channel.modality.sfreq:g} Hz are expected"
        raise DataError(f"{table.sfreq:g} Hz, but {expected}", table.place, f"{table.name}.csv")
    return make_track(table.samples(), channel, table.start - zero)
