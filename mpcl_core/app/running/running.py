"""Run the jobs of a recipe, and resume runs that were interrupted."""

import hashlib
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from mpcl_core.app.inspection.checking import CheckedRecipe, check
from mpcl_core.app.plugins.consent import OF_RUNS, PluginConsent
from mpcl_core.app.running.completion import complete
from mpcl_core.app.running.finished_run import FinishedRun, find_finished_run
from mpcl_core.app.running.interruption import explain_interruption
from mpcl_core.app.running.settings import RunSettings, choose_device
from mpcl_core.interfaces.errors import UsageError, UserError
from mpcl_core.jobs.limits import check_limits
from mpcl_core.jobs.progress import ProgressDisplay
from mpcl_core.recipe.load import load
from mpcl_core.runs.folder import RunFolder
from mpcl_core.runs.layout import MANIFEST, RECIPE
from mpcl_core.runs.manifest import read_manifest

RUNS = Path("runs")
"""The folder of runs for which no folder is stated."""


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
            if found := find_finished_run(folder, settings.shard, display):
                return found
            folder.reopen()
        try:
            return complete(checked, folder, replace(settings, device=device), display, repeated)
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
        if found := find_finished_run(folder, settings.shard, display):
            return found
        manifest = folder.manifest()
        settings = replace(settings, device=manifest.device if manifest else choose_device(settings.device))
        folder.reopen()
        return complete(check(load(folder.recipe), (), consent), folder, settings, display)


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
