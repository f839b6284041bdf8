"""The wrist files of WESAD's E4, put on the questionnaire's clock: t_E4 = t_questionnaire + offset.

The watch and the chest device were switched on at different times, and nothing in the questionnaire or the watch's
files says how far apart; a table of offsets must, one row a person.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mpcl_core.plugin import DataError, Signal
from mpcl_plugins.sources._wesad.questionnaire import Rating
from mpcl_plugins.sources._wesad.tracks import Channel, cuts
from mpcl_plugins.sources.formats.csv_table import table, value
from mpcl_plugins.sources.formats.e4_tables import tracks

OFFSET = "e4_offset_s"
DAY = 86400.0


def read(
    place: Path, conditions: Sequence[Rating], channels: Mapping[str, Channel], offset: float
) -> Iterator[dict[str, Signal]]:
    """The signals of each condition.

    Raises:
        DataError: a file is missing or damaged, or a condition lies outside the recording.
    """
    session = tracks(place, dict(channels))
    for condition in conditions:
        begin, end = condition.start + offset, condition.stop + offset
        found = cuts(session, begin, end)
        if not found:
            raise DataError(f"{condition.name} would be at {begin:g} to {end:g} s, where nothing is recorded", place)
        yield found


def offsets(path: Path, people: Sequence[str]) -> dict[str, float]:
    """Person -> seconds, for these people at least.

    Raises:
        DataError: the table is missing, lacks a column or a person, or a cell is no number.
    """
    rows = table(path, ("subject", OFFSET))
    found: dict[str, float] = {}
    for row, cells in enumerate(rows):
        offset = value(rows, row, OFFSET, path, -DAY, DAY)
        if offset is None:
            raise DataError("is empty", path, OFFSET, row)
        found[cells["subject"].strip()] = offset
    if unknown := [name for name in people if name not in found]:
        raise DataError(f"says nothing of {', '.join(unknown)}", path, "subject")
    return found
