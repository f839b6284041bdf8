"""Check that the files of a run folder are there and can be read, and that each job tested the windows of its fold."""

from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mpcl_core.interfaces.errors import DataError, UsageError, describe_error
from mpcl_core.runs import layout
from mpcl_core.runs.finished_jobs import UNREADABLE, is_complete, is_finished, read_cost, read_test_line
from mpcl_core.runs.layout import is_partial, job_folder
from mpcl_core.runs.model_files import check_model_files
from mpcl_core.runs.predictions import STORED, Arrays, check_arrays
from mpcl_core.runs.reader import RunReader
from mpcl_core.runs.seed_average_file import read_seed_average, seed_average_file
from mpcl_core.runs.splits_file import read_splits
from mpcl_core.runs.weights import check_weights
from mpcl_core.toolkit.archives import read_arrays
from mpcl_core.toolkit.bounded_json import read_json_lines, read_json_object

OnPredictions = Callable[[Path, Arrays], None]
"""Called with the folder of a job and the arrays of its predictions."""


READERS: Mapping[str, Callable[[Path], object]] = {
    layout.DIAGNOSTICS: read_arrays,
    layout.ERROR_BARS: read_json_object,
    layout.ROBUSTNESS: read_json_lines,
    layout.SEARCH: read_json_lines,
    f"{layout.MODEL}/{layout.MODEL_DESCRIPTION}": lambda description: check_model_files(description.parent),
}
"""The files that a job may have besides those that mark it as finished -> what reads the whole of one."""


@dataclass(frozen=True)
class FileProblem:
    """Hold what is wrong with a file of a run folder.

    Args:
        file: its path in the folder.
        what: the problem.
    """

    file: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"


@dataclass(frozen=True)
class ExpectedJob:
    """Hold what the folder of a finished job must contain.

    Args:
        folder: the job's folder.
        is_network: whether it leaves weights and diagnostics.
        numbered_by: the column that numbers its windows, ``window`` or ``row``.
        windows: its test windows as (subject, trial, number), sorted.
    """

    folder: Path
    is_network: bool
    numbered_by: str
    windows: tuple[tuple[str, str, int], ...]


def expected_jobs(run: RunReader) -> Iterator[ExpectedJob]:
    """Yield every job of a run, finished or not, with the test windows that ``splits.json`` states.

    Args:
        run: the run.

    Yields:
        The jobs by study, variant, seed and fold.

    Raises:
        OSError, ValueError, KeyError: the file is missing or damaged, or names a variant that the manifest lacks.
    """
    for study in read_splits(run.path).studies:
        folds = [(fold.label, tuple(sorted(fold.tested()))) for fold in study.folds]
        for variant in study.variants:
            for seed in run.manifest.seeds_of(variant):
                for label, windows in folds:
                    folder = job_folder(run.path, variant, seed, label)
                    yield ExpectedJob(folder, run.is_network(variant), study.numbered_by, windows)


def find_file_problems(
    run: RunReader, on_predictions: OnPredictions = lambda job, arrays: None
) -> Iterator[FileProblem]:
    """Yield what is missing or damaged in a run folder.

    Args:
        run: the run; its manifest can be read.
        on_predictions: called once for each finished job whose predictions can be read, so that further checks need
            not read them again.

    Yields:
        The problems, job by job.
    """
    try:
        jobs = list(expected_jobs(run))
    except UNREADABLE as error:
        yield FileProblem(layout.SPLITS, f"cannot be read, so no job was checked: {describe_error(error)}")
        jobs = []
    for job in jobs:
        for file, what in _job_problems(job, on_predictions):
            yield FileProblem(str((job.folder / file).relative_to(run.path)), what)
    _read_other_jobs(run, {job.folder for job in jobs}, on_predictions)
    for variant in run.manifest.variants:
        averages = seed_average_file(run.path, variant)
        if averages.is_file() and (what := _problem(partial(read_seed_average, averages))):
            yield FileProblem(str(averages.relative_to(run.path)), what)


def damaged_files(job: Path) -> Iterator[tuple[str, str]]:
    """Yield each damaged file of a job beside its predictions, journal and cost.

    Args:
        job: the job's folder. Files that are not there are passed over: not every job has all of them.

    Yields:
        The path in the folder, and what is wrong.
    """
    for name, read in READERS.items():
        if (job / name).exists() and (what := _problem(partial(read, job / name))):
            yield name, what


def newest_complete_run(runs: Path, recipe_text: str) -> Path | None:
    """Return the newest complete run of a recipe.

    Args:
        runs: the folder of the recipe's runs, whose names begin with their time; it need not exist.
        recipe_text: the resolved recipe.

    Returns:
        The run folder; None without any. Run folders that cannot be read are passed over.
    """
    folders = sorted(path.parent for path in runs.glob(f"*/{layout.RECIPE}"))
    same = (run for run in reversed(folders) if not is_partial(run) and _recipe(run) == recipe_text)
    return next(filter(_is_complete, same), None)


def _recipe(run: Path) -> str:
    return (run / layout.RECIPE).read_text(encoding="utf-8")


def _is_complete(run: Path) -> bool:
    try:
        return is_complete(run, RunReader(run).manifest)
    except UsageError:
        return False


def _read_other_jobs(run: RunReader, known: Set[Path], on_predictions: OnPredictions) -> None:
    for variant in run.manifest.variants:
        for folder in run.finished_jobs(variant):
            if folder not in known:
                with suppress(DataError, *UNREADABLE):
                    on_predictions(folder, _read_predictions(folder))


def _job_problems(job: ExpectedJob, on_predictions: OnPredictions) -> Iterator[tuple[str, str]]:
    if not is_finished(job.folder):
        name = layout.COST if (job.folder / layout.PREDICTIONS).is_file() else layout.PREDICTIONS
        yield name, f"missing; the job did not finish, see its {layout.JOB_LOG}"
        return
    checks: dict[str, Callable[[], object]] = {
        layout.PREDICTIONS: lambda: _check_predictions(job, on_predictions),
        layout.COST: lambda: read_cost(job.folder),
        layout.JOURNAL: lambda: (read_json_lines(job.folder / layout.JOURNAL), read_test_line(job.folder)),
    }
    if job.is_network:
        weights = f"{layout.MODEL}/{layout.WEIGHTS}"
        checks[weights] = lambda: check_weights(job.folder)
        checks[layout.DIAGNOSTICS] = lambda: read_arrays(job.folder / layout.DIAGNOSTICS)
    damaged = [(name, what) for name, check in checks.items() if (what := _problem(check))]
    yield from damaged
    if not damaged:
        yield from damaged_files(job.folder)


def _problem(check: Callable[[], object]) -> str:
    """Run a check.

    Returns:
        What it found; '' where nothing is wrong.
    """
    try:
        check()
    except (DataError, UsageError) as error:
        return str(error)
    except UNREADABLE as error:
        return f"cannot be read: {describe_error(error)}"
    return ""


def _read_predictions(folder: Path) -> Arrays:
    arrays = check_arrays(read_arrays(folder / layout.PREDICTIONS))
    if missing := [name for name in STORED if name not in arrays]:
        raise DataError(f"lacks the arrays {', '.join(missing)}")
    return arrays


def _check_predictions(job: ExpectedJob, on_predictions: OnPredictions) -> None:
    stored = _read_predictions(job.folder)
    on_predictions(job.folder, stored)
    columns = (stored["subject"].tolist(), stored["trial"].tolist(), stored[job.numbered_by].tolist())
    if tuple(sorted(zip(*columns, strict=True))) != job.windows:
        raise DataError(f"holds other windows ({len(stored['row'])}) than its fold tests ({len(job.windows)})")
