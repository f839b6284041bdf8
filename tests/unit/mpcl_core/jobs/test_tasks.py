"""Dividing jobs into the calls of processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mpcl_core.jobs.tasks import Part, WorkerLostError, _outcomes, call_count
from mpcl_core.jobs.worker_pool import Death, Ended
from mpcl_core.jobs.workers import CohortPlan
from support.paths import ROOT


@pytest.mark.parametrize(
    ("n", "cohort", "calls"),
    [(7, CohortPlan(1, 2), 7), (64, CohortPlan(8, 2), 4), (10, CohortPlan(8, 2), 2), (64, CohortPlan(8, 1), 1)],
)
def test_calls_are_as_many_as_processes_can_use(n: int, cohort: CohortPlan, calls: int) -> None:
    assert call_count(n, cohort, 2) == calls


def test_call_whose_process_dies_before_it_begins_is_started_again_twice() -> None:
    part = Part(0, [], 1)
    for _ in range(2):
        ended, (part,) = _outcomes(Ended(part, death=Death("it was ended by signal SIGKILL", 0.0, has_begun=False)))
        assert not ended
    with pytest.raises(WorkerLostError, match="died before it began: it was ended by signal SIGKILL"):
        _outcomes(Ended(part, death=Death("it was ended by signal SIGKILL", 0.0, has_begun=False)))


@pytest.mark.slow
def test_job_that_two_workers_of_a_cluster_start_at_the_same_moment_runs_once(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "tests" / "support" / "job_of_two_workers.py"), str(tmp_path)]
    paths = os.pathsep.join([str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    workers = [subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths}) for _ in range(2)]
    assert [worker.wait() for worker in workers] == [0, 0]
    first, second = (file.read_text() for file in tmp_path.glob("outcome-*"))
    assert first == second
    assert float(first.split()[0]) > 0
    assert len(set((tmp_path / "fits").read_text().split())) == 1
