"""Start the processes that run jobs."""

import os

import pytest
from joblib import delayed

from mpcl_core import testing
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.jobs.workers import CohortPlan, WorkerSettings

WINDOWS = testing.study()


def test_jobs_run_one_by_one_unless_planned_otherwise() -> None:
    assert CohortPlan() == CohortPlan(size=1, processes=1)
    assert WorkerSettings(jobs=1, device="cpu").cohorts == {}


def test_single_job_runs_in_this_process_on_the_windows_themselves() -> None:
    with WorkerSettings(jobs=1, device="cpu").parallel([WINDOWS]) as (parallel, shared):
        assert shared[0] is WINDOWS
        assert list(parallel([delayed(os.getpid)()])) == [os.getpid()]


@pytest.mark.slow
def test_several_jobs_run_in_other_processes() -> None:
    with WorkerSettings(jobs=2, device="cpu").parallel([WINDOWS]) as (parallel, _):
        assert os.getpid() not in set(parallel(delayed(os.getpid)() for _ in range(4)))


def test_unreachable_cluster_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("mpcl_core.jobs.dask_cluster.SCHEDULER_TIMEOUT", 0.2)
    settings = WorkerSettings(jobs=1, device="cpu", dask="tcp://127.0.0.1:9")
    with pytest.raises(UsageError, match=r"no dask scheduler answers at tcp://127\.0\.0\.1:9"), settings.parallel([]):
        pass
