"""How jobs are spread: by order, by measurement, and one by one where they cannot be trained together."""

from pathlib import Path

import pytest

from mpcl_core.data.cache.prepared_windows import Provenance
from mpcl_core.data.plan import Study, Task
from mpcl_core.interfaces.data import Job
from mpcl_core.jobs import autotune
from mpcl_core.jobs.autotune import Throughput, shares
from mpcl_core.jobs.runner import CohortShare, WorkerSettings, _calls
from mpcl_plugins.objectives.kl import KL
from support.cohorts import folds
from support.specs import block, network
from support.trainers import learnable, opened

MEANS = WorkerSettings(2, "cpu")
PLAN = [Study(("net",), learnable(), tuple(folds()), ("leaky",) * 3, (), Provenance())]
TASKS = [Task(Job("net", seed, fold.label, Path("nowhere")), 0, n) for seed in (0, 1) for n, fold in enumerate(folds())]


def spread(model: object, cohort: int | None, said: list[str]) -> dict[str, CohortShare]:
    return shares(lambda: opened(model), PLAN, TASKS, MEANS, cohort, said.append)


def test_so_many_as_were_asked_for_and_no_more_than_there_are() -> None:
    assert spread(network(), 4, []) == {"net": CohortShare(4, 2)}
    assert spread(network(), 99, []) == {"net": CohortShare(6, 2)}


def test_what_cannot_be_stacked_is_named_and_run_one_by_one() -> None:
    class Alone(KL):
        """Cannot be stacked."""

        name = "alone"
        stackable = False

    said: list[str] = []
    assert spread(network(objectives={"odd": (block(Alone), 1.0)}), None, said) == {}
    assert said == ["net: its jobs run one by one, since alone cannot be trained together."]


@pytest.mark.parametrize(
    ("seconds", "mib", "chosen"),
    [
        ({(1, 2): 8.0, (6, 2): 3.0, (6, 1): 2.0}, 1.0, CohortShare(6, 2)),  # 4 a job and process, 1.5, 2
        ({(1, 2): 8.0, (6, 2): 9.0, (6, 1): 3.0}, 1.0, CohortShare(6, 1)),
        ({(1, 2): 8.0, (6, 2): 7.5, (6, 1): 9.0}, 1.0, None),  # too little to be worth it
        ({(1, 2): 8.0, (6, 2): 3.0, (6, 1): 2.0}, 1e9, None),  # no room
    ],
)
def test_the_quickest_way_that_fits_is_taken(
    monkeypatch: pytest.MonkeyPatch, seconds: dict[tuple[int, int], float], mib: float, chosen: CohortShare | None
) -> None:
    monkeypatch.setattr(autotune, "_pace_of", lambda way, *_: Throughput(seconds[way.size, way.processes], mib))
    said: list[str] = []
    assert spread(network(), None, said).get("net") == chosen
    assert bool(said) == (chosen is not None)


@pytest.mark.parametrize(("free", "chosen"), [(8.0, CohortShare(6, 2)), (3.0, CohortShare(6, 1)), (1.0, None)])
def test_the_rows_of_the_members_need_room_too(
    monkeypatch: pytest.MonkeyPatch, free: float, chosen: CohortShare | None
) -> None:
    """121 rows of a job, twice, and nothing else: six jobs' in one process, or twelve in two."""
    windows = PLAN[0].windows
    rows = 121 * sum(values[0].nbytes for values in windows.X.values()) / 2**20
    seconds = {(1, 2): 8.0, (6, 2): 3.0, (6, 1): 2.0}
    monkeypatch.setattr(autotune, "_pace_of", lambda way, *_: Throughput(seconds[way.size, way.processes], 0.0))
    monkeypatch.setattr(autotune, "_free", lambda device: free * 12 * rows / autotune.FREE / 2)
    assert spread(network(), None, []).get("net") == chosen


@pytest.mark.slow
def test_a_pace_is_measured_alone_and_together() -> None:
    model, windows = network(), PLAN[0].windows
    rows = [fold.train for fold in folds()]
    for n in (1, 3):
        found = autotune.pace(lambda: opened(model), "net", windows, rows[:n], [(0, i) for i in range(n)], "cpu")
        assert found.seconds > 0


def test_a_trial_that_fails_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> Throughput:
        raise RuntimeError("boom")

    monkeypatch.setattr(autotune, "_pace_of", fails)
    said: list[str] = []
    assert spread(network(), None, said) == {}
    assert said == ["net: its jobs run one by one, since a trial failed (RuntimeError: boom)."]


@pytest.mark.parametrize(
    ("n", "share", "calls"),
    [(7, CohortShare(1, 2), 7), (64, CohortShare(8, 2), 4), (10, CohortShare(8, 2), 2), (64, CohortShare(8, 1), 1)],
)
def test_calls_are_as_many_as_processes_can_use(n: int, share: CohortShare, calls: int) -> None:
    assert _calls(n, share, 2) == calls
