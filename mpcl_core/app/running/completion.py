"""Run the jobs that a begun run lacks, and write its tables, figures and report once none is left."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from mpcl_core.app.inspection.checking import CheckedRecipe
from mpcl_core.app.running.finished_run import FinishedRun
from mpcl_core.app.running.run_context import job_modules, run_context
from mpcl_core.app.running.run_observers import call_observers
from mpcl_core.app.running.seed_average_scores import write_seed_average_scores
from mpcl_core.app.running.settings import RunSettings
from mpcl_core.app.running.summary_files import write_robustness, write_summary
from mpcl_core.data.plan import Study, Task, plan_tasks, with_baselines
from mpcl_core.data.splits import describe_splits
from mpcl_core.evaluation.compare import Comparison
from mpcl_core.evaluation.run import Run
from mpcl_core.interfaces.data import Job
from mpcl_core.jobs.autotune import choose_cohorts
from mpcl_core.jobs.execution import JobOutcome, finished_outcome
from mpcl_core.jobs.progress import Progress, ProgressDisplay
from mpcl_core.jobs.tasks import run_tasks
from mpcl_core.jobs.workers import WorkerSettings
from mpcl_core.reporting.figures import draw
from mpcl_core.reporting.report import write_report
from mpcl_core.runs.atomic_files import write_json
from mpcl_core.runs.digests import write_digests
from mpcl_core.runs.finished_jobs import has_ended, is_finished
from mpcl_core.runs.folder import RunFolder
from mpcl_core.runs.layout import SPLITS, job_folder
from mpcl_core.runs.manifest import Manifest, read_manifest, write_manifest
from mpcl_core.runs.manifest_diff import refuse_differences


def complete(
    checked: CheckedRecipe,
    folder: RunFolder,
    settings: RunSettings,
    display: ProgressDisplay,
    repeated: Path | None = None,
) -> FinishedRun:
    """Run the missing jobs of the shard, and then write the tables, unless jobs are left for other shards.

    Args:
        checked: the recipe.
        folder: the run folder, which is claimed.
        settings: how the jobs are run; the device is stated.
        display: where progress is shown.
        repeated: a run from whose manifest nothing may differ.

    Returns:
        The run, whose folder has its final name now; or the shard, while jobs are left.

    Raises:
        DataError: the data are not what they should be.
        ManifestError: what decides the numbers differs from the manifest of ``repeated``, or of the run that was begun.
    """
    specs = with_baselines(checked.specs)
    for owner, reason in checked.discovery.catalog.not_loaded.items():
        display.on_message(f"Not loaded: {owner} ({reason})")
    studies = checked.studies(display.on_message)
    for line in dict.fromkeys(f"{len(study.windows)} windows, {study.provenance}" for study in studies):
        display.on_message(line)
    manifest = checked.manifest(settings.device, studies)
    place = partial(job_folder, folder.partial.resolve())
    tasks = list(plan_tasks(studies, specs, checked.recipe.seeds, place))
    observers = checked.discovery.observers()
    jobs = [task.job for task in tasks]
    with folder.locks.gate():  # no other shard begins a job before the observers were called
        if _write_manifest(folder, manifest, studies, repeated) or settings.shard.has_all_jobs:
            text = checked.resolved_text
            call_observers(observers, "mpcl_run_started", folder=folder.partial, recipe=text, plan=jobs)
    is_isolated = bool(checked.discovery.foreign)  # code that this process had better survive
    outcomes = _run_jobs(folder, studies, settings.shard.part(tasks), settings, display, is_isolated)
    failed = [outcome for outcome in outcomes if outcome.error]
    done = len(outcomes) - len(failed)
    if not settings.shard.has_all_jobs:
        if not folder.locks.end(lambda: all(has_ended(job.folder) for job in jobs)):
            left = sum(not has_ended(job.folder) for job in jobs)
            return FinishedRun(folder.folder, [], failed, "", done, left)
        failed += _failures_of_other_shards(jobs, outcomes)
    comparisons, digest = _write_results(checked, folder, settings.figures, display)
    failed = [_with_final_paths(outcome, folder) for outcome in failed]
    return FinishedRun(folder.folder, comparisons, failed, digest, done)


def _write_results(
    checked: CheckedRecipe, folder: RunFolder, figures: bool, display: ProgressDisplay
) -> tuple[Sequence[Comparison], str]:
    """Write tables, figures and report of a run without jobs left, and give its folder the final name.

    Returns:
        Its comparisons, and the digest of its files.
    """
    run = Run(folder.partial)
    write_seed_average_scores(run, checked.discovery.catalog.metric_list, display.on_message)
    write_summary(run)
    write_robustness(run, with_baselines(checked.specs), display.on_message)
    if figures:
        draw(run)
    write_report(run)
    digest = write_digests(folder.partial)
    folder.finish()
    results = [comparison.as_json() for comparison in run.comparisons]
    call_observers(checked.discovery.observers(), "mpcl_run_ended", folder=folder.folder, results=results)
    return run.comparisons, digest


def _failures_of_other_shards(jobs: Sequence[Job], outcomes: Sequence[JobOutcome]) -> list[JobOutcome]:
    """Return the jobs of other shards that failed.

    Returns:
        Their outcomes.
    """
    own = {outcome.job.folder for outcome in outcomes}
    lost = [job for job in jobs if job.folder not in own and not is_finished(job.folder)]
    return [
        JobOutcome(job, {}, 0.0, f"job {job.variant}/{job.seed}/{job.fold} failed in another shard") for job in lost
    ]


def _with_final_paths(outcome: JobOutcome, folder: RunFolder) -> JobOutcome:
    return replace(outcome, error=outcome.error.replace(str(folder.partial.resolve()), str(folder.folder)))


def _write_manifest(folder: RunFolder, manifest: Manifest, studies: Sequence[Study], repeated: Path | None) -> bool:
    """Write manifest and folds, unless they were written when the run began.

    Returns:
        Whether they were written, so that this process begins the run.

    Raises:
        ManifestError: they differ from those that the run began with, or from those of the repeated run.
    """
    written = folder.manifest()
    for before in (written, read_manifest(repeated) if repeated else None):
        if before is not None:
            refuse_differences(before, manifest)
    if written is not None:
        return False
    write_json(folder.partial / SPLITS, describe_splits(studies))
    write_manifest(folder.partial, manifest)
    return True


def _run_jobs(
    folder: RunFolder,
    studies: Sequence[Study],
    tasks: Sequence[Task],
    settings: RunSettings,
    display: ProgressDisplay,
    is_isolated: bool,
) -> list[JobOutcome]:
    """Run those of some jobs that have not succeeded yet.

    Returns:
        The outcomes of all of them.
    """
    done = [outcome for outcome in (finished_outcome(task.job) for task in tasks) if outcome]
    done_folders = {outcome.job.folder for outcome in done}
    remaining = [task for task in tasks if task.job.folder not in done_folders]
    context = partial(run_context, folder.recipe)
    jobs = settings.jobs_on(settings.device)
    workers = WorkerSettings(
        jobs,
        settings.device,
        settings.dask,
        fail_fast=settings.fail_fast,
        isolated=is_isolated,
        limits=settings.limits,
        modules=job_modules(),
        run=folder.partial.resolve(),
    )
    if settings.dask:
        display.on_message(f"The jobs run on the workers of {settings.dask}, and wait where it has none yet.")
    if settings.cohort != 1:
        cohorts = choose_cohorts(context, studies, remaining, workers, settings.cohort, display.on_message)
        workers = replace(workers, cohorts=cohorts)
    with Progress([task.job for task in remaining], len(done), jobs, display) as progress:
        return done + run_tasks(context, studies, remaining, workers, progress.on_job_ended)
