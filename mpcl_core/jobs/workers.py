"""Describe the processes that run the jobs of a run, on this machine or on a dask cluster."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.jobs.dask_cluster import DaskPool, connect
from mpcl_core.jobs.limits import NO_LIMITS, JobLimits
from mpcl_core.jobs.shared_windows import shared_windows
from mpcl_core.jobs.worker_pool import ThisProcess, WorkerPool

Pool = ThisProcess | WorkerPool | DaskPool
"""What runs calls."""


@dataclass(frozen=True)
class CohortPlan:
    """Hold how the jobs of a variant are distributed over processes.

    Args:
        size: how many are trained at a time as a cohort in one process; 1 runs them one by one.
        processes: how many processes run them at a time, at most.
    """

    size: int = 1
    processes: int = 1


@dataclass(frozen=True)
class WorkerSettings:
    """Hold where and how jobs are run.

    Args:
        jobs: processes at a time.
        device: where networks are trained.
        dask: the address of a scheduler whose workers run the jobs; None for this machine.
        cohorts: variant -> how its jobs are distributed; variants that are not named run their jobs one by one.
        fail_fast: start no job after one has failed.
        isolated: run a single job at a time in another process, too, so that this one survives it.
        limits: what one job may take; limits are kept only in other processes.
        modules: the modules that jobs need, imported before worker processes are forked.
        run: the run folder, which the workers of a cluster reach under the same path; None for this machine.
    """

    jobs: int
    device: str
    dask: str | None = None
    cohorts: Mapping[str, CohortPlan] = field(default_factory=dict)
    fail_fast: bool = False
    isolated: bool = False
    limits: JobLimits = NO_LIMITS
    modules: Sequence[str] = ()
    run: Path | None = None

    @contextmanager
    def pool(self, windows: Sequence[WindowSet]) -> Iterator[tuple[Pool, Sequence[Any]]]:
        """Provide what runs calls: this process, worker processes, or a cluster.

        Args:
            windows: the window sets that many calls share.

        Yields:
            The pool; and for each window set what stands for it in the arguments of calls.

        Raises:
            UsageError: there is no such cluster.
        """
        if self.dask:
            with shared_windows(windows, self.run) as shared, connect(self.dask) as client, DaskPool(client) as cluster:
                yield cluster, shared
        elif self.jobs == 1 and not self.isolated and not self.limits.is_set:
            with ThisProcess() as process:
                yield process, windows
        else:
            with shared_windows(windows) as shared, WorkerPool(self.jobs, self.modules) as workers:
                yield workers, shared
