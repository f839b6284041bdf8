"""Compare the truth, weights and names that a run stores for its windows with the data."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from mpcl_core.data.plan import Study
from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.integrity import FileProblem
from mpcl_core.runs.layout import PREDICTIONS
from mpcl_core.runs.predictions import read_job_arrays
from mpcl_core.runs.reader import RunReader

COLUMNS = ("D", "weight", "subject", "trial", "window")
"""The arrays of a job's predictions that are taken from the data."""


def find_false_truth(run: RunReader, studies: Sequence[Study]) -> Iterator[FileProblem]:
    """Yield the jobs whose stored truth, weights or names are not those of the data.

    Args:
        run: the run.
        studies: its studies, as the data are now.

    Yields:
        The problems, job by job; files that cannot be read are reported elsewhere.
    """
    for study in studies:
        folds = {fold.label: fold for fold in study.folds}
        for variant in (name for name in study.variants if name in run.manifest.variants):
            for job in run.finished_jobs(variant):
                if job.name in folds:
                    yield from _of_job(run.path, job, study.windows, folds[job.name])


def _of_job(run: Path, job: Path, windows: WindowSet, fold: Fold) -> Iterator[FileProblem]:
    try:
        stored = read_job_arrays(job)
    except UsageError:
        return
    test = windows.take(fold.test)
    expected = {**{name: getattr(test, name) for name in COLUMNS}, "row": fold.test}
    for name, values in expected.items():
        if name not in stored or not np.array_equal(stored[name], values):
            file = (job / PREDICTIONS).relative_to(run).as_posix()
            yield FileProblem(file, f"'{name}' is not that of the data")
