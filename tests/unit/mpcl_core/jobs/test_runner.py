"""Dividing jobs into the calls of processes."""

import pytest

from mpcl_core.jobs.runner import call_count
from mpcl_core.jobs.workers import CohortPlan


@pytest.mark.parametrize(
    ("n", "cohort", "calls"),
    [(7, CohortPlan(1, 2), 7), (64, CohortPlan(8, 2), 4), (10, CohortPlan(8, 2), 2), (64, CohortPlan(8, 1), 1)],
)
def test_calls_are_as_many_as_processes_can_use(n: int, cohort: CohortPlan, calls: int) -> None:
    assert call_count(n, cohort, 2) == calls
