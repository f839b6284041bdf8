"""Run the jobs of a recipe, and resume runs that were interrupted."""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain, count
from pathlib import Path

from mpcl_core.app.inspection.checking import CheckedRecipe, check
from mpcl_core.app.plugins.consent import OF_RUNS, PluginConsent
from mpcl_core.app.running.interruption import explain_interruption
from mpcl_core.app.running.run_context import job_modules, run_context
from mpcl_core.app.running.run_observers import call_observers
from mpcl_core.app.running.seed_average_scores import write_seed_average_scores
from mpcl_core.app.running.settings import RunSettings, choose_device
from mpcl_core.app.running.summary_files import write_robustness, write_summary
from mpcl_core.data.plan import Study, Task, plan_tasks, with_baselines
from mpcl_core.data.splits import describe_splits
from mpcl_core.evaluation.compare import Comparison
from mpcl_core.evaluation.run import Run
from mpcl_core.evaluation.verification import find_problems
from mpcl_core.interfaces.data import Job
from mpcl_core.interfaces.errors import UsageError, UserError
from mpcl_core.jobs.autotune import choose_cohorts
from mpcl_core.jobs.execution import JobOutcome, finished_outcome
from mpcl_core.jobs.limits import check_limits
from mpcl_core.jobs.progress import Progress, ProgressDisplay
from mpcl_core.jobs.runner import run_tasks
from mpcl_core.jobs.workers import WorkerSettings
from mpcl_core.recipe.load import load
from mpcl_core.reporting.figures import draw
from mpcl_core.reporting.report import write as write_report
from mpcl_core.runs.atomic_files import write_json
from mpcl_core.runs.digests import digest_of_run, write_digests
from mpcl_core.runs.finished_jobs import has_ended, is_complete, is_finished
from mpcl_core.runs.folder import RunFolder
from mpcl_core.runs.layout import JOB_LOG, MANIFEST, RECIPE, SPLITS, job_folder, run_of_job
from mpcl_core.runs.manifest import Manifest, read_manifest, write_manifest
from mpcl_core.runs.manifest_diff import refuse_differences
from mpcl_core.runs.shard import Shard

RUNS = Path("runs")
"""The folder of runs for which no folder is stated."""


@dataclass(frozen=True)
class FinishedRun:
    """Hold a run whose jobs have been run, all of them or those of a shard.

    Args:
        folder: the run folder, which has its name only once all jobs have been run.
        results: its scores and tests; none while jobs are left.
        failed: the jobs that failed.
        digest: SHA-256 of the list of the digests of its files; empty while jobs are left.
        done: how many jobs of the shard have succeeded.
        left: how many jobs are left for other shards.
    """

    folder: Path
    results: Sequence[Comparison]
    failed: Sequence[JobOutcome]
    digest: str
    done: int = 0
    left: int = 0

    def log_of(self, outcome: JobOutcome) -> Path:
        """Return the log file of a job.

        Args:
            outcome: how the job ended.

        Returns:
            Its path in the run folder.
        """
        job = outcome.job.folder
        return RunFolder(self.folder).current / job.relative_to(run_of_job(job)) / JOB_LOG


def run(
    checked: CheckedRecipe,
    out: Path | None,
    settings: RunSettings,
    display: ProgressDisplay,
    repeated: Path | None = None,
) -> FinishedRun:
    """Run every job of a recipe.

    The run folder appears under its name when all jobs have been run, and with the suffix ``.partial`` before. With a
    shard the folder is made or joined, and the process that ends last writes the tables.

    Args:
        checked: the recipe.
        out: the run folder; ``runs/<name>/<UTC time>-<hash>`` where None.
        settings: how its jobs are run.
        display: where progress is shown.
        repeated: a run that is repeated: nothing is run where anything differs from its manifest.

    Returns:
        The finished run, also where jobs failed; or the shard, while jobs are left for others.

    Raises:
        DataError: the data are not what they should be.
        ManifestError: what decides the numbers differs from the manifest of ``repeated``, or of the run that is joined.
        UsageError: ``out`` exists or is being run, there is no such device, or the limits cannot be kept.
        InterruptedRunError: it was interrupted, and can be resumed.
    """
    check_limits(settings.limits, settings.dask)
    device = _device(settings, repeated)
    folder = RunFolder(out or _new_folder(checked))
    with explain_interruption(folder.folder), folder.claimed(settings.shard):
        if settings.shard.has_all_jobs:
            folder.make(checked.resolved_text, checked.plugin_files)
        else:
            folder.make_or_join(checked.resolved_text, checked.plugin_files)
            if complete := _complete_run(folder, settings.shard, display):
                return complete
            folder.reopen()
        try:
            return _complete(checked, folder, replace(settings, device=device), display, repeated)
        except (UserError, KeyboardInterrupt):
            if folder.manifest() is None and folder.locks.is_alone():  # no job has begun, so there is nothing to resume
                shutil.rmtree(folder.partial)
            raise


def resume(
    path: Path, settings: RunSettings, display: ProgressDisplay, consent: PluginConsent = OF_RUNS
) -> FinishedRun:
    """Run the jobs of an interrupted run that are missing or failed.

    A job that was killed continues after its last stored epoch.

    Args:
        path: the run folder, with or without ``.partial``.
        settings: how its jobs are run; the device is that of the run.
        display: where progress is shown.
        consent: whether the run's plugin files may be imported; a complete run needs none.

    Returns:
        The finished run.

    Raises:
        RefusedPluginError: jobs are missing, and the run has plugin files that may not be imported.
        UsageError: it is no run, another process is running it, or the limits cannot be kept.
        UserError: all jobs have been run, but files are damaged or contradict each other.
        ManifestError: code, versions, data or folds have changed, so that the old and new jobs would not fit.
        InterruptedRunError: it was interrupted again.
    """
    check_limits(settings.limits, settings.dask)
    folder = RunFolder.of_begun_run(path)
    with explain_interruption(folder.folder), folder.claimed(settings.shard):
        if complete := _complete_run(folder, settings.shard, display):
            return complete
        manifest = folder.manifest()
        settings = replace(settings, device=manifest.device if manifest else choose_device(settings.device))
        folder.reopen()
        return _complete(check(load(folder.recipe), (), consent), folder, settings, display)


def _complete_run(folder: RunFolder, shard: Shard, display: ProgressDisplay) -> FinishedRun | None:
    """Return a finished run in which no job of the shard is left.

    Returns:
        The run; None where jobs of the shard are left.

    Raises:
        UserError: its files are damaged or contradict each other.
    """
    manifest = folder.manifest()
    if manifest is None or folder.partial.is_dir() or not is_complete(folder.folder, manifest, shard):
        return None
    _refuse_problems(folder.folder)
    of_shard = f", as far as shard {shard} is concerned" * (not shard.has_all_jobs)
    display.on_message(f"{folder.folder} is complete{of_shard}: there is nothing to do.")
    return FinishedRun(folder.folder, Run(folder.folder).comparisons, [], digest_of_run(folder.folder))


def _refuse_problems(folder: Path) -> None:
    """Raise an error where the files of a complete run are damaged or contradict each other.

    Raises:
        UserError: with a line for each problem.
    """
    if problems := list(find_problems(Run(folder))):
        lines = "\n".join(map(str, problems))
        raise UserError(
            f"{folder} has run all its jobs, but its files are damaged or contradict each other:\n{lines}\n"
            f"To have a job run again, remove its folder."
        )


def repeated_run(recipe: Path) -> Path:
    """Return the run that a recipe in a run folder belongs to, so that it can be repeated.

    Args:
        recipe: the resolved recipe in the run folder.

    Returns:
        The run folder.

    Raises:
        UsageError: there is no manifest beside the recipe.
    """
    if not (recipe.parent / MANIFEST).is_file():
        raise UsageError(f"--locked needs the manifest beside the recipe: name RUN/{RECIPE} instead of {recipe}")
    return recipe.parent


def _device(settings: RunSettings, repeated: Path | None) -> str:
    if repeated is not None and settings.device == "auto":
        return choose_device(read_manifest(repeated).device)
    return choose_device(settings.device)


def _complete(
    checked: CheckedRecipe,
    folder: RunFolder,
    settings: RunSettings,
    display: ProgressDisplay,
    repeated: Path | None = None,
) -> FinishedRun:
    """Run the missing jobs of the shard, and then write the tables, unless jobs are left for other shards.

    Returns:
        The run, whose folder has its final name now; or the shard, while jobs are left.
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
    if not settings.shard.has_all_jobs:
        if not folder.locks.end(lambda: all(has_ended(job.folder) for job in jobs)):
            left = sum(not has_ended(job.folder) for job in jobs)
            return FinishedRun(folder.folder, [], failed, "", len(outcomes) - len(failed), left)
        failed += _failures_of_other_shards(jobs, outcomes)
    finished = Run(folder.partial)
    write_seed_average_scores(finished, checked.discovery.catalog.metric_list, display.on_message)
    write_summary(finished)
    write_robustness(finished, specs, display.on_message)
    if settings.figures:
        draw(finished)
    write_report(finished)
    digest = write_digests(folder.partial)
    folder.finish()
    results = [comparison.as_json() for comparison in finished.comparisons]
    call_observers(observers, "mpcl_run_ended", folder=folder.folder, results=results)
    failed = [_with_final_paths(outcome, folder) for outcome in failed]
    return FinishedRun(folder.folder, finished.comparisons, failed, digest, len(outcomes) - len(failed))


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


def _new_folder(checked: CheckedRecipe) -> Path:
    """Return a folder that does not exist, also for a second run of the recipe in the same second.

    Returns:
        ``runs/<name>/<UTC time>-<hash>``, with a number where that exists.
    """
    time = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(checked.resolved_text.encode()).hexdigest()[:8]
    first = RUNS / checked.recipe.name / f"{time}-{digest}"
    numbered = (first.with_name(f"{first.name}-{number}") for number in count(2))
    return next(path for path in chain([first], numbered) if not (path.exists() or RunFolder(path).partial.exists()))
