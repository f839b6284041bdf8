"""What each variant cost: time, memory and size, from what its jobs stored."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from mpcl_core.reporting.number_format import format_count
from mpcl_core.reporting.report.result_section import titled
from mpcl_core.reporting.report.table import Table
from mpcl_core.runs import predictions
from mpcl_core.runs.diagnostics import Study
from mpcl_core.runs.reader import Run

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


def _table(run: Run, study: Study) -> Table:
    rows = [(_row(run, name), _together(run, name)) for name in study["variants"] if _jobs(run, name)]
    title = f"Cost, {titled(run, study)}"
    if all(together == "–" for _, together in rows):
        return Table(title, HEAD, [row for row, _ in rows])
    return Table(title, [*HEAD, TOGETHER], [[*row, together] for row, together in rows])


def _together(run: Run, variant: str) -> str:
    costs = map(_cost, _jobs(run, variant))
    return _range([int(cost["cohort"]) for cost in costs if cost.get("cohort")])


def _jobs(run: Run, variant: str) -> list[Path]:
    return sorted(path.parent for path in (run.folder / "jobs" / variant).glob("*/*/metrics.jsonl"))


def _row(run: Run, variant: str) -> list[str]:
    jobs, journals = _jobs(run, variant), list(run.journals(variant))
    costs = [_cost(job) for job in jobs]
    training = [sum(line["seconds"] for line in lines if "seconds" in line) for lines in journals]
    epochs = [lines[-1]["epochs"] for lines in journals if lines and "epochs" in lines[-1]]
    return [
        variant,
        str(len(jobs)),
        _median([cost["seconds"] for cost in costs if "seconds" in cost], _seconds),
        _median([seconds for seconds in training if seconds], _seconds),
        _median(epochs, "{:.0f}".format),
        _median([cost["peak_mib"] for cost in costs if cost.get("peak_mib")], "{:.0f}".format),
        _range([weights(job) for job in jobs if (job / "checkpoint" / "weights.safetensors").is_file()]),
    ]


def _cost(job: Path) -> dict[str, Any]:
    path = job / "cost.json"
    return dict(json.loads(path.read_text())) if path.is_file() else {}


def weights(job: Path) -> int:
    """How many numbers a job's weights file holds, from its header alone."""
    from safetensors import safe_open

    with safe_open(job / "checkpoint" / "weights.safetensors", "np") as file:
        return sum(int(np.prod(file.get_slice(name).get_shape())) for name in file.keys())  # noqa: SIM118


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
    names = [name for study in run.studies for name in study["variants"]]
    begun, ended = (
        sum(len(_jobs(run, name)) for name in names),
        sum(predictions.ended(run.folder, name) for name in names),
    )
    return format_count(begun, "job") + (f", {begun - ended} of which failed" if ended < begun else "")
