"""Read the predictions that the jobs of a run stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from zipfile import BadZipFile, is_zipfile

import numpy as np
from jaxtyping import Float64, Shaped

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.finished_jobs import UNREADABLE, is_finished
from mpcl_core.runs.layout import PREDICTIONS, job_folders

FIELDS = ("D", "D_pred", "weight", "row", "subject", "trial")
"""The arrays of a job's predictions that are read."""


@dataclass(frozen=True)
class Predictions:
    """Hold the test windows of one variant and seed, over all folds or of one.

    Args:
        D: (N, k) true distributions.
        D_pred: (N, k) predicted distributions.
        weight: (N,) weights of the windows.
        row: (N,) numbers of the windows in the study.
        subject, trial: (N,) text.
    """

    D: Float64[np.ndarray, "N k"]
    D_pred: Float64[np.ndarray, "N k"]
    weight: Float64[np.ndarray, "N"]
    row: Shaped[np.ndarray, "N"]
    subject: Shaped[np.ndarray, "N"]
    trial: Shaped[np.ndarray, "N"]


def finished_folders(run: Path, variant: str) -> list[Path]:
    """Return the folders of the finished jobs of a variant.

    Args:
        run: the run folder.
        variant: the variant.

    Returns:
        The folders by increasing seed, then by fold label.
    """
    return [folder for folder in job_folders(run, variant) if is_finished(folder)]


def read_predictions(run: Path, variant: str) -> Iterator[tuple[int, Predictions]]:
    """Yield the predictions of a variant, joined over folds.

    Args:
        run: the run folder.
        variant: the variant.

    Yields:
        Seed and predictions, by increasing seed; seeds without a finished job are left out.

    Raises:
        UsageError: a file is damaged.
    """
    for seed, folders in groupby(finished_folders(run, variant), lambda folder: int(folder.parent.name)):
        parts = [read_job_arrays(folder, FIELDS) for folder in folders]
        yield seed, Predictions(**{name: np.concatenate([part[name] for part in parts]) for name in FIELDS})


def read_job_arrays(job: Path, names: Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """Read arrays of a job's ``predictions.npz``.

    Args:
        job: the job's folder.
        names: the names of the arrays; all where None.

    Returns:
        Name -> array.

    Raises:
        UsageError: the file is damaged or lacks an array.
    """
    file = job / PREDICTIONS
    try:
        return read_arrays(file, names)
    except UNREADABLE as error:
        text = str(error).partition("\n")[0]
        raise UsageError(f"{file} cannot be read: {type(error).__name__}: {text}") from None


def read_arrays(file: Path, names: Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """Read arrays of an archive; nothing in it is executed.

    Args:
        file: an ``npz`` file.
        names: the names of the arrays; all where None.

    Returns:
        Name -> array.

    Raises:
        OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error: the file is damaged or lacks an array.
    """
    if file.exists() and not is_zipfile(file):
        raise BadZipFile(f"{file.name} is not an archive of arrays")
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as archive:
        return {name: archive[name] for name in (archive.files if names is None else names)}
