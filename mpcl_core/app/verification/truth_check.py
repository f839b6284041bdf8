"""Compare the truth, weights and names that a run stores for its windows with the data."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from mpcl_core.data.plan import Study
from mpcl_core.runs.integrity import FileProblem
from mpcl_core.runs.layout import PREDICTIONS, run_of_job, variant_of_job
from mpcl_core.runs.predictions import Arrays

COLUMNS = ("D", "weight", "subject", "trial", "window")
"""The arrays of a job's predictions that are taken from the data."""


def find_false_truth(job: Path, arrays: Arrays, studies: Sequence[Study]) -> Iterator[FileProblem]:
    """Yield the arrays of a job's predictions that should be those of the data and are not.

    Args:
        job: the job's folder.
        arrays: the arrays of its predictions.
        studies: the studies of its run, as the data are now.

    Yields:
        The problems; none where the recipe no longer has the variant or the fold, which other checks report.
    """
    variant, file = variant_of_job(job), (job / PREDICTIONS).relative_to(run_of_job(job)).as_posix()
    for study in (study for study in studies if variant in study.variants):
        for fold in (fold for fold in study.folds if fold.label == job.name):
            test = study.windows.take(fold.test)
            expected = {**{name: getattr(test, name) for name in COLUMNS}, "row": fold.test}
            for name, values in expected.items():
                if not np.array_equal(arrays[name], values):
                    yield FileProblem(file, f"'{name}' is not that of the data")
