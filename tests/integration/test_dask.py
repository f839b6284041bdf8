"""Jobs on a dask cluster whose workers come and go, and which share only the run folder."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from distributed import LocalCluster

from mpcl_core.cli.main import main
from mpcl_core.jobs import dask_cluster
from support.paths import ROOT
from support.resumed_runs import LONG as KILLED
from support.resumed_runs import weights
from support.small_runs import SMALL, numbers

LONG = [*KILLED, "--no-figures", "--set=train.epochs=20", "--set=train.patience=20"]

QUICK = ROOT / "mpcl_core" / "recipes" / "described.yaml"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[LocalCluster]:
    """Provide a cluster without workers, which starts one or two while there are jobs."""
    options = {"host": "127.0.0.1", "dashboard_address": None, "local_directory": str(tmp_path / "scratch")}
    with LocalCluster(n_workers=0, threads_per_worker=1, processes=True, **options) as made:  # type: ignore[no-untyped-call]
        made.adapt(minimum=0, maximum=2, interval="200ms", wait_count=1)  # type: ignore[no-untyped-call]
        yield made


def kill_first_worker(cluster: LocalCluster, partial: Path, killed: list[int]) -> None:
    """Kill the process of a worker as soon as a network is trained."""
    while not list(partial.glob("jobs/main/*/*/metrics.jsonl")):
        time.sleep(0.05)
    nanny = next(iter(cluster.workers.values()))
    killed.append(nanny.pid)
    os.kill(nanny.pid, signal.SIGKILL)


@pytest.mark.slow
def test_run_on_an_adaptive_cluster_equals_a_local_run_though_a_worker_is_killed(
    cluster: LocalCluster, tmp_path: Path
) -> None:
    local, remote = tmp_path / "local", tmp_path / "remote"
    assert main(["run", str(QUICK), "--out", str(local), "--jobs=1", *LONG]) == 0
    killed: list[int] = []
    killer = Thread(target=kill_first_worker, args=(cluster, tmp_path / "remote.partial", killed), daemon=True)
    killer.start()
    assert main(["run", str(QUICK), "--out", str(remote), *LONG, "--dask", cluster.scheduler_address]) == 0
    assert len(killed) == 1, "the run ended before a worker could be killed"
    assert numbers(remote) == numbers(local)
    assert weights(remote) == weights(local)
    assert not list(remote.rglob(".mpcl-windows-*"))


@pytest.mark.slow
def test_missing_scheduler_and_missing_package_are_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_cluster, "SCHEDULER_TIMEOUT", 1.0)
    options = ["--out", str(tmp_path / "out"), "--dask", "tcp://127.0.0.1:9", *SMALL]
    assert main(["run", str(QUICK), *options]) == 2
    assert "no dask scheduler answers at tcp://127.0.0.1:9" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "distributed", None)
    options[1] = str(tmp_path / "other")
    assert main(["run", str(QUICK), *options]) == 2
    assert "pip install 'mpcl[cluster]'" in capsys.readouterr().err
