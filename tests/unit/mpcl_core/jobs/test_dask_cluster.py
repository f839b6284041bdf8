"""Connect to a dask cluster, as far as this can be tested without one."""

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.jobs import dask_cluster
from mpcl_core.jobs.dask_cluster import DaskPool, connect
from mpcl_core.jobs.worker_pool import Ended


def test_missing_library_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'mpcl\[cluster\]'"):
        connect("tcp://host:1")


@pytest.fixture
def client() -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    options = {"processes": False, "dashboard_address": None, "set_as_default": False}
    with distributed.Client(n_workers=1, threads_per_worker=1, **options) as made:
        yield made


@pytest.mark.slow
def test_pool_runs_calls_without_a_default_client(client: Any) -> None:
    with DaskPool(client) as pool:
        pool.start("length", len, "abc")
        assert pool.has_room
        ended: list[Ended] = []
        while pool.is_busy:
            ended += pool.wait()
    assert [(each.key, each.result, each.death) for each in ended] == [("length", 3, None)]


def test_workers_need_one_thread_each(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = SimpleNamespace(address="tcp://a:1", state=SimpleNamespace(nthreads=4))
    monkeypatch.setitem(sys.modules, "distributed", SimpleNamespace(get_worker=lambda: worker))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"--nthreads 1 \(tcp://a:1 has more\)"):
        dask_cluster._call(len, "abc")
    worker.state.nthreads = 1
    assert dask_cluster._call(len, "abc") == 3


def test_call_that_ended_several_workers_has_died_but_may_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    killed = type("KilledWorker", (Exception,), {})

    def result() -> None:
        raise killed

    future = Mock(result=result)
    done = SimpleNamespace(done=[future])
    module = SimpleNamespace(KilledWorker=killed, wait=lambda *_, **__: done)
    monkeypatch.setitem(sys.modules, "distributed", module)  # type: ignore[arg-type]
    client: Any = SimpleNamespace(as_current=nullcontext, submit=lambda *_, **__: future, cancel=lambda _: None)
    pool = DaskPool(client)
    pool.start("job", len)
    (ended,) = pool.wait()
    assert ended.death is not None
    assert not ended.death.is_certain
