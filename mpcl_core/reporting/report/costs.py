"""Build the tables of what each variant cost: time, memory and size of the weights."""

from collections.abc import Callable, Sequence

import numpy as np

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.number_format import format_count
from mpcl_core.reporting.report.studies import describe_study
from mpcl_core.reporting.report.table import Table, with_last_notes
from mpcl_core.runs.manifest import StudyManifest

HEAD = [
    *("variant", "jobs", "seconds per job", "of which training", "epochs"),
    *("peak memory, MiB", "parameters and buffers"),
]

NOTES = (
    "Medians over jobs. Seconds of training include all epochs of the epoch search and the refit.",
    "Peak memory is the largest memory that the process (on a GPU: its tensors there) had used by the end of the job; "
    "earlier jobs of the same process are included.",
    "Parameters and buffers: the count of all numbers in the weights file. Buffers are, for example, a prior or the "
    "stored patterns of a memory.",
)

COHORT_SIZE = "cohort size"

COHORT_NOTES = (
    "Cohort size: the number of jobs that were trained as one batched model; the seconds of a job are its share of the "
    "cohort's time. If a component uses dropout, its random masks differ from those of a job that is trained alone, "
    "and scores differ as they do between seeds.",
)


def build_cost_tables(run: Run) -> list[Table]:
    """Build a table for each study with at least one begun job.

    Args:
        run: the run.

    Returns:
        The tables; the last one has the notes.
    """
    tables = [table for study in run.studies for table in [_build_table(run, study)] if table.rows]
    notes = [*NOTES, *(COHORT_NOTES if any(COHORT_SIZE in table.head for table in tables) else ())]
    return with_last_notes(tables, notes)


def _build_table(run: Run, study: StudyManifest) -> Table:
    rows = [(_build_row(run, name), _format_cohorts(run, name)) for name in study.variants if run.begun_jobs(name)]
    title = f"Cost, {describe_study(run, study)}"
    if all(cohorts == "–" for _, cohorts in rows):
        return Table(title, HEAD, [row for row, _ in rows])
    return Table(title, [*HEAD, COHORT_SIZE], [[*row, cohorts] for row, cohorts in rows])


def _format_cohorts(run: Run, variant: str) -> str:
    return _format_range([int(cost["cohort"]) for cost in run.costs(variant) if cost.get("cohort")])


def _build_row(run: Run, variant: str) -> list[str]:
    costs, journals = run.costs(variant), list(run.journals(variant))
    training = [sum(line["seconds"] for line in lines if "seconds" in line) for lines in journals]
    epochs = [lines[-1]["epochs"] for lines in journals if lines and "epochs" in lines[-1]]
    return [
        variant,
        str(len(journals)),
        _format_median([cost["seconds"] for cost in costs if "seconds" in cost], _format_seconds),
        _format_median([seconds for seconds in training if seconds], _format_seconds),
        _format_median(epochs, "{:.0f}".format),
        _format_median([cost["peak_mib"] for cost in costs if cost.get("peak_mib")], "{:.0f}".format),
        _format_range(run.weight_counts(variant)),
    ]


def _format_median(values: Sequence[int | float], write: Callable[[float], str]) -> str:
    return write(float(np.median(values))) if values else "–"


def _format_seconds(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def _format_range(sizes: Sequence[int]) -> str:
    if not sizes:
        return "–"
    low, high = min(sizes), max(sizes)
    return f"{low:,}" if low == high else f"{low:,} – {high:,}"


def describe_jobs(run: Run) -> str:
    """Describe how many jobs the run began and how many failed.

    Args:
        run: the run.

    Returns:
        For example ``16 jobs, 2 of which failed``.
    """
    names = [name for study in run.studies for name in study.variants]
    begun, finished = (sum(map(len, map(jobs, names))) for jobs in (run.begun_jobs, run.finished_jobs))
    return format_count(begun, "job") + (f", {begun - finished} of which failed" if finished < begun else "")
