"""Read the predictions that the jobs of a run stored."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import numpy as np
from jaxtyping import Float64, Shaped

from mpcl_core.interfaces.errors import DataError, UsageError, describe_error
from mpcl_core.runs.finished_jobs import UNREADABLE, finished_folders
from mpcl_core.runs.layout import PREDICTIONS
from mpcl_core.toolkit.archives import read_arrays

FIELDS = ("D", "D_pred", "weight", "row", "subject", "trial")
"""The arrays of a job's predictions that are read."""

STORED = (*FIELDS, "window")
"""The arrays that every ``predictions.npz`` holds."""

METRIC_PREFIX = "metric."
"""Stands before the name of a plugin's metric in the name of the array that holds its scores."""

COLUMN_TYPES = {"weight": "fiu", "row": "iu", "window": "iu", "subject": "U", "trial": "U"}
"""Array of one value for each window -> the kinds of its type that are allowed."""

Arrays = Mapping[str, np.ndarray]
"""Name -> array, as a job's ``predictions.npz`` holds them."""


@dataclass(frozen=True)
class Predictions:
    """Hold the test windows of one variant and seed, over all folds or of one.

    Args:
        D: (N, k) true distributions.
        D_pred: (N, k) predicted distributions.
        weight: (N,) weights of the windows.
        row: (N,) numbers of the windows in the study.
        subject, trial: (N,) text.
        fold: (N,) labels of the folds that tested the windows.
        metrics: name of a plugin's metric -> (N,) scores.
    """

    D: Float64[np.ndarray, "N k"]
    D_pred: Float64[np.ndarray, "N k"]
    weight: Float64[np.ndarray, "N"]
    row: Shaped[np.ndarray, "N"]
    subject: Shaped[np.ndarray, "N"]
    trial: Shaped[np.ndarray, "N"]
    fold: Shaped[np.ndarray, "N"]
    metrics: Mapping[str, Float64[np.ndarray, "N"]] = field(default_factory=dict)

    def of_fold(self, fold: str) -> "Predictions":
        """Return the test windows of one fold.

        Args:
            fold: the label of the fold.

        Returns:
            Its windows in the same order.
        """
        tested = self.fold == fold
        columns = {name: getattr(self, name)[tested] for name in (*FIELDS, "fold")}
        return Predictions(**columns, metrics={name: values[tested] for name, values in self.metrics.items()})


def read_predictions(run: Path, variant: str, metrics: Iterable[str] = ()) -> Iterator[tuple[int, Predictions]]:
    """Yield the predictions of a variant, joined over folds.

    Args:
        run: the run folder.
        variant: the variant.
        metrics: the plugins' metrics by which its jobs were scored.

    Yields:
        Seed and predictions, by increasing seed; seeds without a finished job are left out.

    Raises:
        UsageError: a file is damaged.
    """
    names = (*FIELDS, *(METRIC_PREFIX + name for name in metrics))
    for seed, group in groupby(finished_folders(run, variant), lambda folder: int(folder.parent.name)):
        folders = list(group)
        parts = [read_job_arrays(folder, names) for folder in folders]
        folds = [np.full(len(part["row"]), folder.name) for folder, part in zip(folders, parts, strict=True)]
        joined = {name: np.concatenate([part[name] for part in parts]) for name in names}
        columns = {name: joined[name] for name in FIELDS}
        yield seed, Predictions(**columns, fold=np.concatenate(folds), metrics=metric_arrays(joined))


def metric_arrays(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the scores by plugins' metrics among the arrays of a job.

    Args:
        arrays: the arrays of its ``predictions.npz``.

    Returns:
        Name of the metric -> (N,) scores.
    """
    found = {name: values for name, values in arrays.items() if name.startswith(METRIC_PREFIX)}
    return {name.removeprefix(METRIC_PREFIX): values for name, values in found.items()}


def read_job_arrays(job: Path, names: Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """Read arrays of a job's ``predictions.npz``.

    Args:
        job: the job's folder.
        names: the names of the arrays; all where None.

    Returns:
        Name -> array.

    Raises:
        UsageError: the file is damaged, lacks an array, or holds one of another type or shape.
    """
    file = job / PREDICTIONS
    try:
        return check_arrays(read_arrays(file, names))
    except UNREADABLE as error:
        raise UsageError(f"{file} cannot be read: {describe_error(error)}") from None
    except DataError as error:
        raise UsageError(f"{file} {error}") from None


def check_arrays(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Check the types and shapes of arrays of a job's ``predictions.npz``.

    Args:
        arrays: name -> array; names that are not known are not checked.

    Returns:
        The same arrays.

    Raises:
        DataError: an array has another type, or another shape than the others.
    """
    tables: list[str] = [name for name in ("D", "D_pred") if name in arrays]
    for name in tables:
        if arrays[name].dtype.kind != "f" or arrays[name].ndim != 2:
            raise DataError(f"holds {_form(arrays[name])} as '{name}', but (n, k) real numbers are expected")
    columns = {name: kinds for name, kinds in COLUMN_TYPES.items() if name in arrays}
    columns |= dict.fromkeys((name for name in arrays if name.startswith(METRIC_PREFIX)), "f")
    for name, kinds in columns.items():
        if arrays[name].dtype.kind not in kinds or arrays[name].ndim != 1:
            raise DataError(f"holds {_form(arrays[name])} as '{name}', which is no column of that kind")
    if len({len(arrays[name]) for name in [*tables, *columns]}) > 1 or len({arrays[name].shape for name in tables}) > 1:
        raise DataError("holds arrays of different lengths")
    return arrays


def _form(array: np.ndarray) -> str:
    return f"{array.dtype} of shape {array.shape}"
