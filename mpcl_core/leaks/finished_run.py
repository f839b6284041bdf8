"""Compare a finished run with its recipe today, and read which windows it tested."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from mpcl_core.data.plan import Study
from mpcl_core.interfaces.data import Fold
from mpcl_core.leaks.finding import AuditNote
from mpcl_core.leaks.window_groups import Indices
from mpcl_core.runs.finished_jobs import finished_folders
from mpcl_core.runs.manifest import Manifest
from mpcl_core.runs.manifest_diff import find_differences
from mpcl_core.runs.predictions import read_job_arrays

AUDITED_KINDS = ("recipe", "data", "folds", "code")
"""The kinds of difference that matter to an audit."""


def find_changes(then: Manifest, now: Manifest) -> Iterator[AuditNote]:
    """Find what changed since a run was made; the audit then examines the current state.

    Args:
        then: the run's manifest.
        now: the manifest that a run of the same recipe would have today.

    Yields:
        A note for each difference in the recipe, the data, the folds or the code.
    """
    for difference in find_differences(then, now):
        if difference.kind in AUDITED_KINDS:
            message = f"{difference}; the audit examines the current state"
            yield AuditNote("changed-since", difference.variants, message)


def use_tested_windows(study: Study, run: Path) -> tuple[Study, list[AuditNote]]:
    """Replace the test windows of a study's folds by those that a run has predicted.

    Args:
        study: the study as its recipe makes it today.
        run: the run folder.

    Returns:
        The study with the test windows of the stored predictions, and a note for each fold that differs.
    """
    folds, notes = [], []
    for fold in study.folds:
        tested = _predicted_windows(run, study.variants, fold)
        if tested is None or np.array_equal(tested, np.sort(fold.test)):
            folds.append(fold)
            continue
        folds.append(replace(fold, test=tested[tested < len(study.windows)]))
        start = f"in fold '{fold.label}' the run tested other windows than its recipe does today"
        notes.append(AuditNote("changed-since", study.variants, f"{start}; the audit examines the windows of the run"))
    return replace(study, folds=tuple(folds)), notes


def _predicted_windows(run: Path, variants: Sequence[str], fold: Fold) -> Indices | None:
    """Read which windows the jobs of a fold have predicted.

    Args:
        run: the run folder.
        variants: names of the study's variants.
        fold: the fold.

    Returns:
        Indices of the study's windows, sorted; None where no job of the fold has predicted any.
    """
    jobs = [job for name in variants for job in finished_folders(run, name) if job.name == fold.label]
    indices = [read_job_arrays(job, ["row"])["row"] for job in jobs]
    return np.unique(np.concatenate(indices)) if indices else None
