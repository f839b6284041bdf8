"""Find the columns of a feature table: those that name a row, its features, and its ratings."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mpcl_core.plugin import DataError, list_names, suggest_name

USUAL: Mapping[str, Sequence[str]] = {
    "subject": ("subject", "subject_id", "participant", "participant_id", "person", "person_id", "user", "user_id"),
    "session": ("session", "session_id"),
    "trial": ("trial", "trial_id"),
    "condition": ("condition",),
    "stimulus": ("stimulus",),
    "start": ("start", "t_start"),
    "stop": ("stop", "t_stop"),
}
"""What names a row -> the names, in lower case, that its column usually has, in the order of preference."""


@dataclass(frozen=True)
class Columns:
    """Hold the columns that are read.

    Args:
        names: what names a row (``subject``, ``trial`` …) -> its column; no entry where the table has none.
        features: modality -> the columns of its features.
    """

    names: Mapping[str, str]
    features: Mapping[str, tuple[str, ...]]


def find_columns(
    known: Sequence[str],
    stated: Mapping[str, str],
    modalities: Mapping[str, Sequence[str]],
    labels: Sequence[str],
    path: Path,
) -> Columns:
    """Find the columns that a recipe states, and those with usual names.

    Args:
        known: the columns of the table.
        stated: what names a row -> its column; '' for a usual name.
        modalities: modality -> columns; ``*`` in one stands for any text.
        labels: the columns of the ratings.
        path: the table, for errors.

    Returns:
        The columns.

    Raises:
        DataError: a column does not exist or has two meanings, or nothing names the person of a row.
    """
    features = {name: _expand(known, columns, path) for name, columns in modalities.items()}
    for column in filter(None, stated.values()):
        _require(column, known, path)
    if lacking := [label for label in labels if label not in known]:
        near = suggest_name(lacking[0], known)
        message = f"has no ratings of {list_names(lacking)}: a column of scores is needed for each.{near}"
        raise DataError(f"{message} The table has: {list_names(known)}", path)
    use = {f"feature of '{name}'": columns for name, columns in features.items()} | {"rating": tuple(labels)}
    taken: dict[str, str] = {}
    for what, columns in (
        *use.items(),
        *((f"column '{name}'", (column,)) for name, column in stated.items() if column),
    ):
        for column in columns:
            if column in taken:
                raise DataError(f"is a {taken[column]} and a {what}; it can be one of them", path, column)
            taken[column] = what
    names = {name: column or find_usual(name, known, taken) for name, column in stated.items()}
    if not names["subject"]:
        raise DataError(
            f"no column has a usual name of people ({', '.join(USUAL['subject'][::2])} …). Rename one, "
            f"or state it in the recipe with 'subject: COLUMN'. The table has: {list_names(known)}",
            path,
        )
    return Columns({name: column for name, column in names.items() if column}, features)


def find_usual(name: str, known: Sequence[str], taken: Collection[str] = ()) -> str:
    """Find a column by the names that it usually has.

    Args:
        name: what the column holds: a key of `USUAL`.
        known: the columns of the table.
        taken: columns that have another meaning.

    Returns:
        The column; '' where there is none.
    """
    free = {column.lower().replace(" ", "_"): column for column in reversed(known) if column not in taken}
    return next((free[usual] for usual in USUAL[name] if usual in free), "")


def _expand(known: Sequence[str], columns: Sequence[str], path: Path) -> tuple[str, ...]:
    """Replace patterns by the columns that they stand for.

    Returns:
        The columns in their order, each once.
    """
    found: dict[str, None] = {}
    for column in columns:
        if column in known or "*" not in column:
            _require(column, known, path)
            found[column] = None
            continue
        pattern = re.compile(".*".join(map(re.escape, column.split("*"))))
        matching = [name for name in known if pattern.fullmatch(name)]
        if not matching:
            raise DataError(f"no column has such a name. The table has: {list_names(known)}", path, column)
        found |= dict.fromkeys(matching)
    return tuple(found)


def _require(column: str, known: Sequence[str], path: Path) -> None:
    if column not in known:
        message = f"there is no such column.{suggest_name(column, known)} The table has: {list_names(known)}"
        raise DataError(message, path, column)
