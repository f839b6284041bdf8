"""What each variant cost: time, memory and size, from what its jobs stored."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.number_format import format_count
from mpcl_core.reporting.report.result_section import titled
from mpcl_core.reporting.report.table import Table
from mpcl_core.runs.manifest import StudyManifest

HEAD = ["variant", "jobs", "seconds a job", "of which training", "epochs", "peak memory, MiB", "parameters and buffers"]

NOTES = (
    "Medians over jobs. Seconds of training are those of all epochs, search and refit together.",
    "Peak memory is the most that the process (on a GPU: its tensors there) had held by the end of the job, jobs that "
    "ran before in the same process included.",
    "Parameters and buffers are all numbers in the weights file; buffers are such as a prior or a memory's rows.",
)

TOGETHER = "trained together"

OF_COHORTS = (
    "Trained together: how many jobs at a time were one batched model; a job's seconds are its share of their time. "
    "Where a component drops out at random, its masks are not those of the job alone, and the numbers differ as "
    "between seeds.",
)


def costs(run: Run) -> list[Table]:
    """A table for each study of which some job left a journal."""
    tables = [table for study in run.studies for table in [_table(run, study)] if table.rows]
    notes = [*NOTES, *(OF_COHORTS if any(TOGETHER in table.head for table in tables) else ())]
    return [*tables[:-1], *(replace(table, notes=notes) for table in tables[-1:])]


def _table(run: Run, study: StudyManifest) -> Table:
    rows = [(_row(run, name), _together(run, name)) for name in study.variants if run.begun_jobs(name)]
    title = f"Cost, {titled(run, study)}"
    if all(together == "–" for _, together in rows):
        return Table(title, HEAD, [row for row, _ in rows])
    return Table(title, [*HEAD, TOGETHER], [[*row, together] for row, together in rows])


def _together(run: Run, variant: str) -> str:
    return _range([int(cost["cohort"]) for cost in run.costs(variant) if cost.get("cohort")])


def _row(run: Run, variant: str) -> list[str]:
    costs, journals = run.costs(variant), list(run.journals(variant))
    training = [sum(line["seconds"] for line in lines if "seconds" in line) for lines in journals]
    epochs = [lines[-1]["epochs"] for lines in journals if lines and "epochs" in lines[-1]]
    return [
        variant,
        str(len(journals)),
        _median([cost["seconds"] for cost in costs if "seconds" in cost], _seconds),
        _median([seconds for seconds in training if seconds], _seconds),
        _median(epochs, "{:.0f}".format),
        _median([cost["peak_mib"] for cost in costs if cost.get("peak_mib")], "{:.0f}".format),
        _range(run.weight_counts(variant)),
    ]


def _median(values: Sequence[int | float], written: Callable[[float], str]) -> str:
    return written(float(np.median(values))) if values else "–"


def _seconds(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def _range(sizes: Sequence[int]) -> str:
    if not sizes:
        return "–"
    low, high = min(sizes), max(sizes)
    return f"{low:,}" if low == high else f"{low:,} – {high:,}"


def total(run: Run) -> str:
    """All jobs together, in words."""
    names = [name for study in run.studies for name in study.variants]
    begun, finished = (sum(map(len, map(jobs, names))) for jobs in (run.begun_jobs, run.finished_jobs))
    return format_count(begun, "job") + (f", {begun - finished} of which failed" if finished < begun else "")
