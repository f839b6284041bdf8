"""Start the processes that run jobs."""

import os

import pytest

from mpcl_core import testing
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.jobs.limits import JobLimits
from mpcl_core.jobs.worker_pool import WorkerPool
from mpcl_core.jobs.workers import CohortPlan, WorkerSettings

WINDOWS = testing.study()


def test_jobs_run_one_by_one_unless_planned_otherwise() -> None:
    assert CohortPlan() == CohortPlan(size=1, processes=1)
    assert WorkerSettings(jobs=1, device="cpu").cohorts == {}


def test_single_job_runs_in_this_process_on_the_windows_themselves() -> None:
    with WorkerSettings(jobs=1, device="cpu").pool([WINDOWS]) as (pool, shared):
        assert shared[0] is WINDOWS
        pool.start(0, os.getpid)
        assert pool.wait()[0].result == os.getpid()


def test_single_job_runs_in_another_process_where_code_is_foreign_or_limited() -> None:
    for settings in (WorkerSettings(1, "cpu", isolated=True), WorkerSettings(1, "cpu", limits=JobLimits(5.0))):
        with settings.pool([WINDOWS]) as (pool, _):
            assert isinstance(pool, WorkerPool)
            assert pool.size == 1


def test_unreachable_cluster_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("mpcl_core.jobs.dask_cluster.SCHEDULER_TIMEOUT", 0.2)
    settings = WorkerSettings(jobs=1, device="cpu", dask="tcp://127.0.0.1:9")
    with pytest.raises(UsageError, match=r"no dask scheduler answers at tcp://127\.0\.0\.1:9"), settings.pool([]):
        pass
