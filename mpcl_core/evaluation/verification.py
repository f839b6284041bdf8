"""Check a run folder: its files, and that its stated numbers are those of the predictions that it holds."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from mpcl_core.evaluation.metrics import micro_mean, window_scores
from mpcl_core.evaluation.run import Run
from mpcl_core.evaluation.summary import VariantScore
from mpcl_core.interfaces.errors import DataError, UsageError, describe_error
from mpcl_core.runs.finished_jobs import UNREADABLE, read_test_line
from mpcl_core.runs.integrity import FileProblem, OnPredictions, find_file_problems
from mpcl_core.runs.layout import JOURNAL, SUMMARY_CSV
from mpcl_core.runs.predictions import Arrays, metric_arrays, read_job_arrays
from mpcl_core.toolkit.csv_table import bounded_lines
from mpcl_core.toolkit.regular_files import regular

TOLERANCE = 1e-12
"""By how much a recomputed number may differ."""


def find_problems(run: Run, on_predictions: OnPredictions = lambda job, arrays: None) -> Iterator[FileProblem]:
    """Yield what is missing or damaged in a run folder, and every number that its predictions contradict.

    Each file of predictions is read twice: once for all checks of its job, and once for the summary, which is computed
    by the functions that wrote it, and only where no job is damaged.

    Args:
        run: the run; its manifest can be read.
        on_predictions: called once for each finished job whose predictions can be read.

    Yields:
        The problems. The summary is checked only where all jobs are sound.
    """
    of_journals: list[FileProblem] = []

    def check_journal(job: Path, arrays: Arrays) -> None:
        file = str((job / JOURNAL).relative_to(run.path))
        of_journals.extend(FileProblem(file, what) for what in metric_problems(job, arrays))
        on_predictions(job, arrays)

    problems = [*find_file_problems(run, check_journal), *of_journals]
    yield from problems
    if not problems:
        yield from (FileProblem(SUMMARY_CSV, what) for what in _summary_problems(run))


def metric_problems(job: Path, arrays: Arrays | None = None) -> Iterator[str]:
    """Yield every metric that a job states and its predictions contradict.

    Args:
        job: the job's folder.
        arrays: the arrays of its predictions; read from the folder where None.

    Yields:
        The contradictions; none where a file cannot be read, which other checks report.
    """
    try:
        stated = read_test_line(job)
        arrays = read_job_arrays(job) if arrays is None else arrays
    except (*UNREADABLE, UsageError):
        return  # `find_file_problems` reports it
    try:
        scores = window_scores(arrays["D"], arrays["D_pred"]).by_metric | metric_arrays(arrays)
        found = micro_mean(scores, arrays["weight"])
    except DataError as error:
        yield f"states metrics of predictions that cannot be scored: {error}"
        return
    for metric, value in found.items():
        if not _is_equal(stated.get(metric), value):
            yield f"{metric} is {stated.get(metric)}, but {value} by the predictions"


def _summary_problems(run: Run) -> Iterator[str]:
    try:
        with regular(run.path / SUMMARY_CSV).open(newline="", encoding="utf-8") as file:
            stated = {(str(line["variant"]), str(line["metric"])): line for line in csv.DictReader(bounded_lines(file))}
    except (*UNREADABLE, csv.Error) as error:
        yield f"cannot be read: {describe_error(error)}"
        return
    scores = [score for comparison in run.comparisons for score in comparison.scores]
    found = {(score.variant, score.metric): score for score in scores}
    for name in dict.fromkeys([*stated, *found]):
        if name not in stated:
            yield f"{' '.join(name)}: no line, although there are predictions"
        elif name not in found:
            yield f"{' '.join(name)}: a line, although there are no predictions"
        else:
            yield from (f"{' '.join(name)}: {what}" for what in _line_problems(stated[name], found[name]))


def _line_problems(stated: Mapping[str, str], found: VariantScore) -> Iterator[str]:
    for field, value in asdict(found).items():
        text = stated.get(field) or ""
        same = text == value if isinstance(value, str) else _is_equal(_number(text), float(value))
        if not same:
            yield f"{field} is {text or 'empty'}, but {value} by the predictions"


def _is_equal(stated: Any, found: float) -> bool:
    if not isinstance(stated, int | float):
        return False
    return bool(np.isclose(stated, found, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True))


def _number(text: str) -> float | None:
    try:
        return float(text or "nan")
    except ValueError:
        return None
