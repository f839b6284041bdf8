"""Read the rows of a feature table, and refuse those that cannot be meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError
from mpcl_plugins.sources._table.columns import Columns
from mpcl_plugins.sources._table.table_file import TableFile
from mpcl_plugins.sources.formats.time_columns import is_iso, iso_seconds

TIMES = ("start", "stop")
_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class TableContent:
    """Hold the N rows of a table.

    Args:
        names: ``subject``, ``session``, ``trial``, ``condition``, ``stimulus`` -> the cell of each row; '' where the
            table does not state it. A trial is named by session and trial.
        times: ``start`` and ``stop`` -> (N,) seconds; NaN where the table does not state them.
        features: modality -> (N, F) values; NaN where one is missing.
        scores: (N, k); NaN where one is missing.
    """

    names: Mapping[str, list[str]]
    times: Mapping[str, Float64[np.ndarray, "N"]]
    features: Mapping[str, Float64[np.ndarray, "N _"]]
    scores: Float64[np.ndarray, "N k"]


def read_content(file: TableFile, columns: Columns, labels: Sequence[str], scale: tuple[float, float]) -> TableContent:
    """Read the rows of a table.

    Args:
        file: the table.
        columns: its columns.
        labels: the columns of the ratings.
        scale: the lowest and the highest score.

    Returns:
        The rows.

    Raises:
        DataError: there are none, a cell is not valid, nobody is named, a row appears twice, or a trial has two
            stimuli.
    """
    named = [name for name in columns.names if name not in TIMES]
    cells = dict(zip(named, file.text([columns.names[name] for name in named]), strict=True))
    n = len(cells["subject"])
    if not n:
        raise DataError("there are no rows under the header", file.path)
    for name in ("subject", "trial"):
        if "" in cells.get(name, ()):
            raise file.error(f"no {name} is named", columns.names[name], cells[name].index(""))
    wanted = [column for of_modality in columns.features.values() for column in of_modality]
    values = file.numbers([*wanted, *labels])
    _check_finite(values, [*wanted, *labels], file)
    scores = values[:, len(wanted) :]
    _check_scale(scores, labels, scale, file)
    stops = np.cumsum([len(of_modality) for of_modality in columns.features.values()])
    features = dict(zip(columns.features, np.split(values[:, : len(wanted)], stops[:-1], axis=1), strict=True))
    times = {name: _times(file, columns.names.get(name, ""), n) for name in TIMES}
    names = {name: cells.get(name, [""] * n) for name in ("subject", "session", "trial", "condition", "stimulus")}
    names["trial"] = _trial_names(names)
    rows = TableContent(names, times, features, scores)
    _check_trials(rows, file, columns)
    return rows


def _check_finite(values: Float64[np.ndarray, "N c"], columns: Sequence[str], file: TableFile) -> None:
    for row, column in np.argwhere(np.abs(values) > _LARGEST).tolist():
        raise file.error("the number is infinite or too large", columns[column], row)


def _check_scale(
    scores: Float64[np.ndarray, "N k"], labels: Sequence[str], scale: tuple[float, float], file: TableFile
) -> None:
    low, high = scale
    for row, column in np.argwhere((scores < low) | (scores > high)).tolist():
        bounds = f"from {low:g}" + (f" to {high:g}" if high < np.inf else " on")
        raise file.error(f"{scores[row, column]:g} is not a score {bounds}", labels[column], row)


def _times(file: TableFile, column: str, n: int) -> Float64[np.ndarray, "N"]:
    if not column:
        return np.full(n, np.nan)
    (cells,) = file.text([column])
    if not is_iso(list(filter(None, cells))[:1]):
        return file.numbers([column])[:, 0]
    return np.array([_seconds(file, column, row, cell) for row, cell in enumerate(cells)])


def _seconds(file: TableFile, column: str, row: int, cell: str) -> float:
    try:
        return iso_seconds(cell)[0] if cell else np.nan
    except ValueError:
        raise file.error(f"'{cell[:50]}' is not an ISO time", column, row) from None


def _trial_names(names: Mapping[str, list[str]]) -> list[str]:
    """Return names of trials that are unique within a subject.

    Returns:
        Session and trial, where both are known.
    """
    keys = list(zip(names["session"], names["trial"], strict=True))
    joined = ["-".join(filter(None, key)) if key[1] else "" for key in keys]
    is_clear = len(set(zip(keys, joined, strict=True))) == len(set(joined))
    return joined if is_clear else ["/".join(filter(None, key)) if key[1] else "" for key in keys]


def _check_trials(rows: TableContent, file: TableFile, columns: Columns) -> None:
    """Refuse rows that state the same time of a trial, and trials with several stimuli.

    Raises:
        DataError: there are such rows.
    """
    times: dict[tuple[str, str, float], int] = {}
    stimuli: dict[tuple[str, str], tuple[str, int]] = {}
    keys = zip(rows.names["subject"], rows.names["trial"], rows.names["stimulus"], rows.times["start"], strict=True)
    for row, (subject, trial, stimulus, start) in enumerate(keys):
        if not trial:
            continue
        first = times.setdefault((subject, trial, start), row)  # NaN is never equal to another NaN
        if first != row:
            message = f"subject '{subject}' trial '{trial}' at {start:.10g} s is already on {file.place(first)}"
            raise file.error(message, columns.names["start"], row)
        seen, first = stimuli.setdefault((subject, trial), (stimulus, row))
        if seen != stimulus:
            message = f"'{stimulus}', but trial '{trial}' of '{subject}' has '{seen}' on {file.place(first)}"
            raise file.error(message, columns.names["stimulus"], row)
