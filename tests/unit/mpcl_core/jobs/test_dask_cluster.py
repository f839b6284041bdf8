"""Connect to a dask cluster, as far as this can be tested without one."""

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from mpcl_core import testing
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.jobs.dask_cluster import DaskPool, connect, share_windows
from mpcl_core.jobs.worker_pool import Ended


class FakeClient:
    """Stand in for dask's client, with these workers and their numbers of threads."""

    def __init__(self, **threads: int) -> None:
        self.threads = threads
        self.keys: list[str] = []

    def scheduler_info(self, n_workers: int) -> dict[str, Any]:
        return {"workers": {name: {"nthreads": number} for name, number in self.threads.items()}}

    def submit(self, function: Callable[..., object], *arguments: object, key: str) -> object:
        self.keys.append(key)
        return function(*arguments)


def use(client: FakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    module = SimpleNamespace(Client=lambda address, **options: client)
    monkeypatch.setitem(sys.modules, "distributed", module)  # type: ignore[arg-type]


def test_missing_library_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'mpcl\[cluster\]'"):
        connect("tcp://host:1")


def test_workers_need_one_thread_each(monkeypatch: pytest.MonkeyPatch) -> None:
    client = FakeClient(a=1, b=1)
    use(client, monkeypatch)
    assert connect("tcp://host:1") is client
    use(FakeClient(a=1, b=4), monkeypatch)
    with pytest.raises(UsageError, match=r"--nthreads 1 \(b has more\)"):
        connect("tcp://host:1")


def test_scheduler_without_workers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    use(FakeClient(), monkeypatch)
    with pytest.raises(UsageError, match="at tcp://host:1 has no workers"):
        connect("tcp://host:1")


def test_windows_are_the_result_of_a_call_with_a_key_of_its_own() -> None:
    client, windows = FakeClient(), testing.study()
    assert share_windows(client, windows) is windows  # type: ignore[arg-type, comparison-overlap]
    share_windows(client, windows)  # type: ignore[arg-type]
    assert len(set(client.keys)) == 2
    assert all(key.startswith("mpcl-windows-") for key in client.keys)


@pytest.mark.slow
def test_pool_runs_calls_without_a_default_client() -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.Client(processes=False, n_workers=1, dashboard_address=None, set_as_default=False) as client,
        DaskPool(client) as pool,
    ):
        pool.start("length", len, share_windows(client, testing.study()))
        assert pool.has_room
        ended: list[Ended] = []
        while pool.is_busy:
            ended += pool.wait()
    assert [(each.key, each.result, each.death) for each in ended] == [("length", len(testing.study()), None)]
