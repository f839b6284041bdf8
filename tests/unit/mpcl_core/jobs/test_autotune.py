"""Choosing cohorts: a given size, measurement, memory, and jobs that have to run one by one."""

from pathlib import Path

import pytest

from mpcl_core.data.cache.prepared_windows import Provenance
from mpcl_core.data.plan import Study, Task
from mpcl_core.interfaces.data import Job
from mpcl_core.jobs import autotune
from mpcl_core.jobs.autotune import Measure, choose_cohorts
from mpcl_core.jobs.throughput import Throughput, measure_in_processes
from mpcl_core.jobs.workers import CohortPlan, WorkerSettings
from mpcl_plugins.objectives.kl import KL
from support.cohorts import folds
from support.specs import block, network
from support.trainers import learnable, opened

SETTINGS = WorkerSettings(2, "cpu")
PLAN = [Study(("net",), learnable(), tuple(folds()), ("leaky",) * 3, (), Provenance())]
TASKS = [Task(Job("net", seed, fold.label, Path("nowhere")), 0, n) for seed in (0, 1) for n, fold in enumerate(folds())]

Seconds = dict[tuple[int, int], float]
"""Cohort size and processes -> seconds a job and epoch."""


def choose(
    model: object, size: int | None, messages: list[str], measure: Measure = measure_in_processes
) -> dict[str, CohortPlan]:
    return choose_cohorts(lambda: opened(model), PLAN, TASKS, SETTINGS, size, messages.append, measure)


def measured(seconds: Seconds, mib: float) -> Measure:
    """Return stand-in measurements."""
    return lambda cohort, *_: Throughput(seconds[cohort.size, cohort.processes], mib)


def test_requested_size_is_used_up_to_the_number_of_jobs() -> None:
    assert choose(network(), 4, []) == {"net": CohortPlan(4, 2)}
    assert choose(network(), 99, []) == {"net": CohortPlan(6, 2)}


def test_components_that_cannot_be_stacked_are_named_and_jobs_run_one_by_one() -> None:
    class Unstackable(KL):
        """An objective that cannot be stacked."""

        name = "unstackable"
        stackable = False

    messages: list[str] = []
    assert choose(network(objectives={"odd": (block(Unstackable), 1.0)}), None, messages) == {}
    assert messages == ["net: its jobs run one by one, since unstackable cannot be trained in a cohort."]


@pytest.mark.parametrize(("key", "value"), [("optimizer", {"use": "SGD"}), ("accumulate", 2)])
def test_settings_that_cannot_be_stacked_are_named_and_jobs_run_one_by_one(key: str, value: object) -> None:
    messages: list[str] = []
    assert choose(network(**{key: value}), 4, messages) == {}  # type: ignore[arg-type]
    assert messages == [f"net: its jobs run one by one, since train.{key} cannot be trained in a cohort."]


@pytest.mark.parametrize(
    ("seconds", "mib", "chosen"),
    [
        ({(1, 2): 8.0, (6, 2): 3.0, (6, 1): 2.0}, 1.0, CohortPlan(6, 2)),  # 4 a job and process, 1.5, 2
        ({(1, 2): 8.0, (6, 2): 9.0, (6, 1): 3.0}, 1.0, CohortPlan(6, 1)),
        ({(1, 2): 8.0, (6, 2): 7.5, (6, 1): 9.0}, 1.0, None),  # the gain is too small
        ({(1, 2): 8.0, (6, 2): 3.0, (6, 1): 2.0}, 1e9, None),  # too large for the memory
    ],
)
def test_quickest_candidate_that_fits_into_memory_is_chosen(
    seconds: Seconds, mib: float, chosen: CohortPlan | None
) -> None:
    messages: list[str] = []
    assert choose(network(), None, messages, measured(seconds, mib)).get("net") == chosen
    assert bool(messages) == (chosen is not None)


@pytest.mark.parametrize(("free", "chosen"), [(8.0, CohortPlan(6, 2)), (3.0, CohortPlan(6, 1)), (1.0, None)])
def test_windows_of_all_jobs_have_to_fit_into_memory(
    monkeypatch: pytest.MonkeyPatch, free: float, chosen: CohortPlan | None
) -> None:
    """121 windows of a job, twice, and nothing else: those of six jobs in one process, or of twelve in two."""
    windows = PLAN[0].windows
    mib = 121 * sum(values[0].nbytes for values in windows.X.values()) / 2**20
    monkeypatch.setattr(autotune, "free_mib", lambda device: free * 12 * mib / autotune.MEMORY_SHARE / 2)
    seconds = {(1, 2): 8.0, (6, 2): 3.0, (6, 1): 2.0}
    assert choose(network(), None, [], measured(seconds, 0.0)).get("net") == chosen


def test_failing_trial_leaves_jobs_one_by_one() -> None:
    def fails(*_: object) -> Throughput:
        raise RuntimeError("boom")

    messages: list[str] = []
    assert choose(network(), None, messages, fails) == {}
    assert messages == ["net: its jobs run one by one, since a trial failed (RuntimeError: boom)."]
