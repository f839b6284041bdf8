"""Compare the people of a BIDS folder's ``participants.tsv`` with those of its files."""

from collections.abc import Iterable
from pathlib import Path

from mpcl_core.interfaces.suggestions import list_names
from mpcl_core.toolkit.csv_table import csv_rows

TABLE = "participants.tsv"
_NAMED = 6  # people in a line


def compare_participants(folder: Path, subjects: Iterable[str]) -> list[str]:
    """Return lines about people who are listed without a file, and files of people who are not listed.

    Args:
        folder: the folder of the data set.
        subjects: the people of its files, as ``sub-01``.

    Returns:
        At most two lines; none where the folder has no such table.

    Raises:
        DataError: the table is damaged, or has no column ``participant_id``.
    """
    table = folder / TABLE
    if not table.is_file():
        return []
    listed = dict.fromkeys(row["participant_id"].strip() for row in csv_rows(table, ("participant_id",)))
    found = dict.fromkeys(subjects)
    without_files = [name for name in listed if name not in found]
    not_listed = [name for name in found if name not in listed]
    lines = {f"{TABLE} lists people without a file: ": without_files, f"Not in {TABLE}: ": not_listed}
    return [f"{start}{list_names(names, _NAMED)}." for start, names in lines.items() if names]
