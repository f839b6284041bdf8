"""Decide whether a job has finished: the one definition that resume, verify, progress and reports use.

A job is finished when its folder holds ``predictions.npz``, written after the test line of its journal, and
``cost.json``, written last. A failed job has a ``cost.json`` only; one that was interrupted has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from mpcl_core.interfaces.metric import RESERVED_NAMES
from mpcl_core.runs.layout import COST, JOURNAL, PARTIAL, PREDICTIONS, job_folder, job_folders
from mpcl_core.runs.manifest import Manifest
from mpcl_core.runs.shard import WHOLE, Shard
from mpcl_core.toolkit.archives import read_arrays
from mpcl_core.toolkit.bounded_json import LARGEST_JSON, parse_json, read_bytes, read_json_object

UNREADABLE = (OSError, ValueError, LookupError, BadZipFile)
"""What reading a damaged or missing file raises."""


@dataclass(frozen=True)
class FinishedJob:
    """Hold what a finished job recorded of itself.

    Args:
        seconds: how long it took.
        metrics: metric -> weighted mean over its test windows.
    """

    seconds: float
    metrics: Mapping[str, float]


def is_finished(job: Path) -> bool:
    """Return whether a job has finished; its files are not read.

    Args:
        job: the job's folder.

    Returns:
        Whether it left predictions and then its cost.
    """
    return (job / PREDICTIONS).is_file() and (job / COST).is_file()


def finished_folders(run: Path, variant: str) -> list[Path]:
    """Return the folders of the finished jobs of a variant.

    Args:
        run: the run folder.
        variant: the variant.

    Returns:
        The folders by increasing seed, then by fold label.
    """
    return [folder for folder in job_folders(run, variant) if is_finished(folder)]


def is_interrupted(job: Path) -> bool:
    """Return whether a job has begun and neither finished nor failed.

    Args:
        job: the job's folder.

    Returns:
        Whether the folder is there without the file that is written last.
    """
    return job.exists() and not has_ended(job)


def begin_job(job: Path) -> None:
    """Make the folder of a job that is about to run, and remove what would mark it as finished.

    Files that were being written when an earlier process ended are removed as well.

    Args:
        job: the job's folder; the journal and the checkpoint of an interrupted job stay.
    """
    if not job.exists():
        job.mkdir(parents=True, exist_ok=True)
        return
    for file in (job / COST, job / PREDICTIONS, *job.rglob(f"*{PARTIAL}")):
        file.unlink(missing_ok=True)


def read_finished_job(job: Path) -> FinishedJob | None:
    """Read what a finished job recorded, and check that its files are sound.

    Args:
        job: the job's folder.

    Returns:
        The record; None where the job has not finished or one of its files is damaged, so that it must be run again.
    """
    if not is_finished(job):
        return None
    try:
        seconds = _number(read_cost(job), "seconds")
        metrics = read_test_line(job)
        read_arrays(job / PREDICTIONS)
    except UNREADABLE:
        return None
    return FinishedJob(seconds, metrics)


def read_cost(job: Path) -> dict[str, Any]:
    """Read what a job cost.

    Args:
        job: the job's folder.

    Returns:
        ``seconds``, ``peak_mib`` (None where unknown) and, after cohort training, ``cohort``: the number of jobs.

    Raises:
        OSError, ValueError: the file is missing or damaged.
    """
    cost = read_json_object(job / COST)
    for name in ("seconds", "peak_mib", "cohort"):
        if name == "seconds" or cost.get(name) is not None:
            _number(cost, name)
    return cost


def read_test_line(job: Path) -> dict[str, float]:
    """Read the metrics that a job wrote in its journal after its test.

    Args:
        job: the job's folder.

    Returns:
        Metric -> weighted mean over the job's test windows.

    Raises:
        OSError, ValueError, LookupError: the journal is missing or damaged, or does not end with a test.
    """
    line = parse_json(read_bytes(job / JOURNAL, LARGEST_JSON).splitlines()[-1])
    if not isinstance(line, dict) or line.get("phase") != "test":
        raise ValueError("the journal does not end with the test")
    return {name: _number(line, name) for name in line if name not in RESERVED_NAMES}


def has_ended(job: Path) -> bool:
    """Return whether a job has finished or failed.

    Args:
        job: the job's folder.

    Returns:
        Whether the file that is written last is there.
    """
    return (job / COST).is_file()


def is_complete(run: Path, manifest: Manifest, shard: Shard = WHOLE) -> bool:
    """Return whether every job of a run or of a shard has finished and its files are sound.

    Args:
        run: the run folder.
        manifest: its manifest.
        shard: the part of the jobs that is checked.

    Returns:
        Whether no job is left to be run.
    """
    return all(read_finished_job(job_folder(run, *job)) is not None for job in shard.part(list(manifest.jobs())))


def _number(values: Mapping[str, Any], name: str) -> float:
    value = values.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError(f"'{name}' is no number")  # noqa: TRY004  (the file is damaged)
    try:
        return float(value)
    except OverflowError:
        raise ValueError(f"'{name}' is too large") from None
