"""Describe the processes that run the jobs of a run, on this machine or on a dask cluster."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from joblib import Parallel, parallel_config

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.jobs.dask_cluster import connect, share_windows


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
        jobs: processes at a time; 1 runs in this process.
        device: where networks are trained.
        dask: the address of a scheduler whose workers run the jobs; None for this machine.
        cohorts: variant -> how its jobs are distributed; variants that are not named run their jobs one by one.
        fail_fast: start no job after one has failed.
    """

    jobs: int
    device: str
    dask: str | None = None
    cohorts: Mapping[str, CohortPlan] = field(default_factory=dict)
    fail_fast: bool = False

    @contextmanager
    def parallel(self, windows: Sequence[WindowSet]) -> Iterator[tuple[Parallel, Sequence[Any]]]:
        """Start the processes.

        Args:
            windows: the window sets that many calls share.

        Yields:
            joblib's ``Parallel``, whose results come in the order in which calls end; and for each window set what
            stands for it in the arguments of calls.

        Raises:
            UsageError: there is no cluster that can run jobs.
        """
        if not self.dask:
            with Parallel(n_jobs=self.jobs, return_as="generator_unordered", max_nbytes="100K") as parallel:
                yield parallel, windows
            return
        client = connect(self.dask)
        with client, parallel_config(backend="dask", client=client):
            shared = [share_windows(client, each) for each in windows]
            with Parallel(n_jobs=-1, return_as="generator_unordered", batch_size=1) as parallel:
                yield parallel, shared
