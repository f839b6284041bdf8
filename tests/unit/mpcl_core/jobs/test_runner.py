"""Dividing jobs into the calls of processes."""

import pytest

from mpcl_core.jobs.runner import Part, WorkerLostError, _outcomes, call_count
from mpcl_core.jobs.worker_pool import Death, Ended
from mpcl_core.jobs.workers import CohortPlan


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
