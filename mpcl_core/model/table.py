"""Hold predictions as a table: one row a window or a trial."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from mpcl_core.data.pooling import number_trials
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.atomic_files import write_atomically

SUFFIXES = (".csv", ".json", ".parquet")
"""The kinds of file that a table can be written to."""


@dataclass(frozen=True)
class Predictions:
    """Hold the predictions of N windows.

    Args:
        windows: the windows.
        D_pred: (N, k) their predicted distributions.
        labels: the names of the k emotions.
    """

    windows: WindowSet
    D_pred: Float64[np.ndarray, "N k"]
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.D_pred)

    def columns(self) -> dict[str, list[Any]]:
        """Return the table with a row for each window.

        Returns:
            Column -> values: ``subject``, ``session``, ``trial``, ``window``, ``t_start``, ``t_stop``, one column an
            emotion, ``present_<modality>`` and ``flags``.
        """
        names = ("subject", "session", "trial", "window", "t_start", "t_stop")
        table: dict[str, list[Any]] = {name: getattr(self.windows, name).tolist() for name in names}
        table |= {label: self.D_pred[:, number].tolist() for number, label in enumerate(self.labels)}
        present = self.windows.present
        table |= {f"present_{name}": mask.tolist() for name, mask in present.items()}
        table["flags"] = [
            ";".join(f"{name} absent" for name, mask in present.items() if not mask[row]) for row in range(len(self))
        ]
        return table

    def by_trial(self) -> dict[str, list[Any]]:
        """Return the table with a row for each trial: the mean of its windows.

        Returns:
            Column -> values, as `columns`, with the number of ``windows`` in place of ``window`` and ``flags``, and for
            each modality the share of the windows that have it.
        """
        trial, first = number_trials(self.windows)
        count = np.bincount(trial)
        table: dict[str, list[Any]] = {
            name: getattr(self.windows, name)[first].tolist() for name in ("subject", "session", "trial")
        }
        table["windows"] = count.tolist()
        for name, extreme in (("t_start", np.fmin), ("t_stop", np.fmax)):
            found = np.full(len(first), np.nan)
            extreme.at(found, trial, getattr(self.windows, name))
            table[name] = found.tolist()
        shares = {label: self.D_pred[:, number] for number, label in enumerate(self.labels)}
        shares |= {f"present_{name}": mask.astype(np.float64) for name, mask in self.windows.present.items()}
        return table | {name: (np.bincount(trial, values) / count).tolist() for name, values in shares.items()}

    def to_frame(self) -> Any:
        """Return the table as a data frame of pandas, which has to be installed.

        Returns:
            One row a window.
        """
        import pandas

        return pandas.DataFrame(self.columns())


def write_table(table: Mapping[str, Sequence[Any]], path: Path) -> None:
    """Write a table as CSV, JSON (a list of rows) or Parquet.

    Args:
        table: column -> values.
        path: the file, whose suffix states the kind.

    Raises:
        UsageError: there is no such kind, or pyarrow is not installed.
        OSError: the file cannot be written.
    """
    check_suffix(path)
    if path.suffix == ".parquet":
        _write_parquet(table, path)
    else:
        write_atomically(path, format_table(table, path.suffix).encode())


def check_suffix(path: Path) -> None:
    """Raise an error unless a table can be written to a file.

    Args:
        path: the file.

    Raises:
        UsageError: its suffix is not known, or its folder does not exist.
    """
    if path.suffix not in SUFFIXES:
        raise UsageError(f"{path} is of no known kind. Known: {', '.join(SUFFIXES)}")
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent} is no folder")


def format_table(table: Mapping[str, Sequence[Any]], suffix: str) -> str:
    r"""Return a table as text.

    Args:
        table: column -> values.
        suffix: ``.csv`` or ``.json``.

    Returns:
        The text; an unknown number is an empty cell, or null.

    Example:
        >>> format_table({"subject": ["s01"], "joy": [0.5]}, ".csv")
        'subject,joy\ns01,0.5\n'
    """
    rows = zip(*([None if value != value else value for value in values] for values in table.values()), strict=True)
    if suffix == ".json":
        return json.dumps([dict(zip(table, row, strict=True)) for row in rows], indent=1, ensure_ascii=False) + "\n"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table)
    writer.writerows([str(cell).lower() if isinstance(cell, bool) else cell for cell in row] for row in rows)
    return text.getvalue()


def _write_parquet(table: Mapping[str, Sequence[Any]], path: Path) -> None:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise UsageError("writing .parquet needs pyarrow: pip install pyarrow; or name a .csv file") from None
    content = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(dict(table)), content)
    write_atomically(path, content.getvalue())
