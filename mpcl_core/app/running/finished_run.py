"""Hold a run whose jobs have been run, and recognise one whose jobs were all run before."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mpcl_core.evaluation.compare import Comparison
from mpcl_core.evaluation.run import Run
from mpcl_core.evaluation.verification import find_problems
from mpcl_core.interfaces.errors import UserError
from mpcl_core.jobs.execution import JobOutcome
from mpcl_core.jobs.progress import ProgressDisplay
from mpcl_core.runs.digests import digest_of_run
from mpcl_core.runs.finished_jobs import is_complete
from mpcl_core.runs.folder import RunFolder
from mpcl_core.runs.layout import JOB_LOG, run_of_job
from mpcl_core.runs.shard import Shard


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


def find_finished_run(folder: RunFolder, shard: Shard, display: ProgressDisplay) -> FinishedRun | None:
    """Return a run in which no job of the shard is left.

    Args:
        folder: the run folder.
        shard: the shard.
        display: where it is shown that there is nothing to do.

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
