"""Read split files, which state the side of subjects, trials or windows.

CSV, one fold; an empty cell (or a column that is left out) stands for all of them::

    subject,trial,window,split
    S1,,,train
    S2,t1,0-3,validation
    S2,t1,4,test

JSON, one fold, the same nested: ``{"S1": "train", "S2": {"t1": {"0-3": "validation", "4": "test"}}}``. Or the
``splits.json`` of a run, which holds ``studies``, each with its ``folds``: ``{"label": …, "rows": that nesting}``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mpcl_core.plugin import DataError, Row, csv_header, csv_rows, parse_json, read_bytes
from mpcl_plugins.protocols._named_fold import SIDES, NamedFold, SplitEntry

COLUMNS = ("subject", "trial", "window", "split")

LARGEST = 2**28
"""Bytes of the largest JSON file that is read."""


def read(path: Path, study: int, label: str) -> list[NamedFold]:
    """Return the folds of a split file.

    Args:
        path: the file; it ends in ``.csv`` or ``.json``.
        study: the number, from 1, of the study in a run's ``splits.json``.
        label: the name of the fold in any other file.

    Returns:
        The folds, in the order of the file.

    Raises:
        DataError: the file is missing, cannot be read, or does not state a split.
    """
    readers = {".csv": _csv, ".json": _json}
    if path.suffix.lower() not in readers:
        raise DataError("a split file ends in .csv or .json", path)
    return readers[path.suffix.lower()](path, study, label)


def _csv(path: Path, study: int, label: str) -> list[NamedFold]:
    rows = csv_rows(path, ("subject", "split"))
    if unknown := [name for name in csv_header(path) if name not in COLUMNS]:
        raise DataError(f"is not a column of a split file, which has {', '.join(COLUMNS)}", path, unknown[0])
    return [NamedFold(label, False, tuple(_from_cells(row, path) for row in rows))]


def _from_cells(row: Row, path: Path) -> SplitEntry:
    trial, window = row.get("trial") or None, row.get("window") or None
    if window is not None and trial is None:
        raise DataError("a window is named, but no trial", path, "trial", line=row.line)
    windows = window and _range(window, path, row.line)
    return SplitEntry(row["subject"], trial, windows, _side(row["split"], path, row.line))


def _json(path: Path, study: int, label: str) -> list[NamedFold]:
    try:
        text = read_bytes(path, LARGEST).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise DataError(f"cannot be read ({getattr(error, 'strerror', None) or error})", path) from None
    try:
        content = parse_json(text, LARGEST, _distinct)
    except ValueError as error:
        raise DataError(f"is not JSON that can be used ({error})", path) from None
    if not isinstance(content, dict):
        raise DataError("is not a mapping from subjects to sides", path)
    studies = content.get("studies")
    if not isinstance(studies, list):
        return [NamedFold(label, False, tuple(_nested(content, path)))]
    if study > len(studies):
        raise DataError(f"there is no study {study}; the file has {len(studies)}", path, "studies")
    return list(_folds(studies[study - 1], path))


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"'{key}' appears twice")
        found[key] = value
    return found


def _folds(study: Any, path: Path) -> Iterator[NamedFold]:
    try:
        by_row = study["numbered_by"] == "row"
        parts = [(str(fold["label"]), fold["rows"]) for fold in study["folds"]]
    except (TypeError, KeyError) as error:
        raise DataError(f"a study needs 'numbered_by' and 'folds' with 'label' and 'rows' ({error})", path) from None
    for label, rows in parts:
        yield NamedFold(label, by_row, tuple(_nested(rows, path)))


def _nested(content: Any, path: Path) -> Iterator[SplitEntry]:
    for subject, trials in _items(content, path, "subjects"):
        if isinstance(trials, str):
            yield SplitEntry(subject, None, None, _side(trials, path))
            continue
        for trial, windows in _items(trials, path, f"trials of '{subject}'"):
            if isinstance(windows, str):
                yield SplitEntry(subject, trial, None, _side(windows, path))
                continue
            for window, side in _items(windows, path, f"windows of '{subject}', '{trial}'"):
                yield SplitEntry(subject, trial, _range(window, path), _side(side, path))


def _items(content: Any, path: Path, what: str) -> list[tuple[str, Any]]:
    if not isinstance(content, dict):
        raise DataError(f"{content!r}, but a side or a mapping was expected", path, what)
    return list(content.items())


def _side(side: Any, path: Path, line: int | None = None) -> str:
    if side not in SIDES:
        raise DataError(f"{side!r}, but a window is on one of the sides {', '.join(SIDES)}", path, "split", line=line)
    return str(side)


def _range(text: str, path: Path, line: int | None = None) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    if not first.isdecimal() or (dash and not last.isdecimal()) or (dash and int(first) > int(last)):
        raise DataError(f"'{text}' is not a window such as 4, nor a range such as 0-3", path, "window", line=line)
    return int(first), int(last or first)
