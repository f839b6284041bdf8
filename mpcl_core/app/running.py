"""Runs the jobs of a recipe, and finishes runs that were stopped."""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import chain, count
from pathlib import Path

import torch
from rich.console import Console

from mpcl_core.app.checking import CheckedRecipe, check
from mpcl_core.app.interruption import resumable
from mpcl_core.app.summary_files import write_robustness, write_summary
from mpcl_core.data.plan import Study, Task, plan_tasks, with_baselines
from mpcl_core.data.splits import describe_splits
from mpcl_core.evaluation.compare import Comparison
from mpcl_core.evaluation.run import Run
from mpcl_core.interfaces.errors import UsageError, UserError
from mpcl_core.jobs.autotune import choose_cohorts
from mpcl_core.jobs.execution import JobOutcome, finished_outcome
from mpcl_core.jobs.progress import Progress
from mpcl_core.jobs.run_context import RunContext
from mpcl_core.jobs.runner import run_tasks
from mpcl_core.jobs.workers import WorkerSettings
from mpcl_core.recipe.assemble import assemble
from mpcl_core.recipe.load import load
from mpcl_core.reporting.figures import draw
from mpcl_core.reporting.report import write as write_report
from mpcl_core.runs.atomic_files import write_json
from mpcl_core.runs.finished_jobs import is_complete
from mpcl_core.runs.folder import RunFolder
from mpcl_core.runs.layout import SPLITS, job_folder
from mpcl_core.runs.manifest import Manifest, read_manifest, write_manifest
from mpcl_core.runs.manifest_diff import refuse_differences
from mpcl_registry.discover import discover

RUNS = Path("runs")
"""Where a run goes that is given no folder."""


@dataclass(frozen=True)
class FinishedRun:
    """A run that came to its end.

    Args:
        folder: the run folder.
        results: its numbers and tests.
        failed: the jobs that failed.
    """

    folder: Path
    results: Sequence[Comparison]
    failed: Sequence[JobOutcome]


@dataclass(frozen=True)
class RunSettings:
    """How the jobs of a run are run; its results do not depend on it, but for the masks of dropout in a cohort.

    Args:
        jobs: processes at a time.
        fail_fast: stop at the first job that fails.
        cohort: how many jobs of a variant are trained together: 1 one by one, None as many as is quickest.
        dask: the address of a scheduler, whose workers run the jobs; None for this machine.
    """

    jobs: int
    fail_fast: bool = False
    cohort: int | None = 1
    dask: str | None = None


def run(
    checked: CheckedRecipe,
    out: Path | None,
    how: RunSettings,
    device: str,
    console: Console,
    locked: Path | None = None,
) -> FinishedRun:
    """Run every job of a recipe, and leave a run folder that appears whole or not at all.

    Args:
        checked: the recipe.
        out: the run folder; ``runs/<name>/<UTC time>-<hash>`` where None.
        how: how its jobs are run.
        device: where networks are trained.
        console: where progress is shown.
        locked: a run that is to be repeated: nothing is run where anything differs from its lock.

    Raises:
        DataError: the data are not what they should be.
        ManifestError: what decides the numbers differs from the lock of ``locked``.
        UsageError: ``out`` exists, or there is no such device.
        StoppedError: it was stopped, and can be finished later.
    """
    _check_device(device)
    folder = RunFolder(out or _place(checked))
    with resumable(folder.folder):
        folder.make(checked.text, checked.files)
        try:
            return _complete(checked, folder, how, device, console, locked)
        except (UserError, KeyboardInterrupt):
            if folder.manifest() is None:  # no job has begun: there is nothing to keep
                shutil.rmtree(folder.partial)
            raise


def resume(path: Path, how: RunSettings, console: Console) -> FinishedRun:
    """Finish a run that was stopped: what is missing, and nothing else.

    A job that was killed goes on from its last epoch, and one that failed is run again.

    Args:
        path: the run folder.
        how: how its jobs are run.
        console: where progress is shown.

    Raises:
        UsageError: it is no run, or another process is at it.
        ManifestError: code, versions, data or folds have changed, so that its parts would not fit.
        StoppedError: as `run`.
    """
    folder = RunFolder.found(path)
    then = folder.manifest()
    if then and folder.folder.is_dir() and is_complete(folder.folder, then):
        console.print(f"{folder.folder} is complete: nothing is to be done.", highlight=False, soft_wrap=True)
        return FinishedRun(folder.folder, Run(folder.folder).comparisons, [])
    with resumable(folder.folder):
        folder.reopen()
        return _complete(check(load(folder.recipe)), folder, how, then.device if then else "cpu", console)


def _complete(
    checked: CheckedRecipe,
    folder: RunFolder,
    how: RunSettings,
    device: str,
    console: Console,
    locked: Path | None = None,
) -> FinishedRun:
    with folder.held():
        specs = with_baselines(checked.specs)
        for owner, reason in checked.found.catalog.not_loaded.items():
            console.print(f"Not loaded: {owner} ({reason})", highlight=False, markup=False, soft_wrap=True)
        plan = checked.read(console)
        for line in dict.fromkeys(f"{len(study.windows)} windows, {study.provenance}" for study in plan):
            console.print(line, highlight=False)
        _write_manifest(folder, checked.manifest(device, plan), plan, locked)
        todo = list(plan_tasks(plan, specs, checked.recipe.seeds, partial(job_folder, folder.partial.resolve())))
        outcomes = _run_jobs(folder, plan, todo, how, device, console)
        finished = Run(folder.partial)
        write_summary(finished)
        on_message = partial(console.print, highlight=False, markup=False, soft_wrap=True)
        write_robustness(finished, specs, on_message)
        draw(finished)
        write_report(finished)
        folder.finish()
    return FinishedRun(
        folder.folder, finished.comparisons, [_in_place(outcome, folder) for outcome in outcomes if outcome.error]
    )


def _in_place(outcome: JobOutcome, folder: RunFolder) -> JobOutcome:
    """It with the paths that the folder's files have now."""
    return replace(outcome, error=outcome.error.replace(str(folder.partial.resolve()), str(folder.folder)))


def _write_manifest(folder: RunFolder, now: Manifest, plan: Sequence[Study], locked: Path | None) -> None:
    """Write folds and manifest, unless they differ from those that the run began with or repeats."""
    for then in (folder.manifest(), read_manifest(locked) if locked else None):
        if then is not None:
            refuse_differences(then, now)
    write_json(folder.partial / SPLITS, describe_splits(plan))
    write_manifest(folder.partial, now)


def _run_jobs(
    folder: RunFolder, plan: Sequence[Study], todo: Sequence[Task], how: RunSettings, device: str, console: Console
) -> list[JobOutcome]:
    """The jobs that are still to be run; also how those ended that were run before."""
    done = [outcome for outcome in (finished_outcome(task.job) for task in todo) if outcome]
    before = {outcome.job.folder for outcome in done}
    left = [task for task in todo if task.job.folder not in before]
    tell = partial(console.print, highlight=False, markup=False, soft_wrap=True)
    opener = partial(open_run_context, folder.recipe)
    means = WorkerSettings(how.jobs, device, how.dask, fail_fast=how.fail_fast)
    if how.cohort != 1:
        means = replace(means, cohorts=choose_cohorts(opener, plan, left, means, how.cohort, tell))
    with Progress([task.job for task in left], len(done), how.jobs, console) as progress:
        return done + run_tasks(opener, plan, left, means, progress.on_job_ended)


def open_run_context(recipe: Path) -> RunContext:
    """A run as its jobs see it, in whatever process they run: from its own recipe, kept for the next job."""
    return _open_run_context(recipe)


@lru_cache(maxsize=4)
def _open_run_context(recipe: Path) -> RunContext:
    read = load(recipe)
    found = discover(read.plugins)
    return RunContext(with_baselines(assemble(read, found.catalog)), found.observers())


def _place(checked: CheckedRecipe) -> Path:
    """A folder that is not there yet, also for the second run of a recipe in a second."""
    time = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    place = RUNS / checked.recipe.name / f"{time}-{hashlib.sha256(checked.text.encode()).hexdigest()[:8]}"
    again = (place.with_name(f"{place.name}-{number}") for number in count(2))
    return next(path for path in chain([place], again) if not (path.exists() or RunFolder(path).partial.exists()))


def _check_device(device: str) -> None:
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not available[device]:
        raise UsageError(
            f"this machine has no {device} device. It has: {', '.join(k for k, v in available.items() if v)}."
        )
