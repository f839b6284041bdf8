"""Jobs on a dask cluster: a scheduler and two worker processes that share only the run folder."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mpcl_core.cli.main import main
from mpcl_core.jobs import dask_cluster
from support.paths import ROOT
from support.resumed_runs import LONG as KILLED
from support.resumed_runs import weights
from support.small_runs import SMALL, numbers

LONG = [*KILLED, "--no-figures", "--set=train.epochs=20", "--set=train.patience=20"]

QUICK = ROOT / "mpcl_core" / "recipes" / "described.yaml"


@dataclass
class Cluster:
    """Hold a scheduler's address, and its workers."""

    address: str
    workers: list["subprocess.Popen[bytes]"]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    from distributed import Client  # takes half a second, and most runs of the tests deselect this file

    about = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    local = ["--host", "127.0.0.1", "--no-dashboard"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    scheduler = subprocess.Popen([*dask, "scheduler", *local, "--port", "0", "--scheduler-file", str(about)], **quiet)  # type: ignore[call-overload]
    workers = []
    for number in range(2):
        scratch = tmp_path / f"scratch{number}"
        start = [*dask, "worker", "--scheduler-file", str(about), *local, "--nthreads", "1", "--no-nanny"]
        environment = {**os.environ, "MPCL_CACHE": str(scratch / "cache")}
        workers.append(
            subprocess.Popen([*start, "--local-directory", str(scratch)], env=environment, **quiet)  # type: ignore[call-overload]
        )
    for _ in range(600):
        if about.exists():
            break
        time.sleep(0.1)
    address = json.loads(about.read_text())["address"]
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(len(workers), timeout=60)
    yield Cluster(address, workers)
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


def on_cluster(cluster: Cluster, out: Path) -> "subprocess.Popen[str]":
    call = [sys.executable, "-m", "mpcl_core", "run", str(QUICK), "--out", str(out), *LONG]
    return subprocess.Popen(
        [*call, "--dask", cluster.address], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


@pytest.mark.slow
def test_run_on_a_cluster_equals_a_local_run_though_a_worker_is_killed(cluster: Cluster, tmp_path: Path) -> None:
    local, remote = tmp_path / "local", tmp_path / "remote"
    assert main(["run", str(QUICK), "--out", str(local), "--jobs=1", *LONG]) == 0
    process = on_cluster(cluster, remote)
    partial = tmp_path / "remote.partial"
    while process.poll() is None and not list(partial.glob("jobs/main/*/*/metrics.jsonl")):
        time.sleep(0.05)
    assert process.poll() is None, "the run ended before a worker could be killed"
    cluster.workers[0].send_signal(signal.SIGKILL)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    assert numbers(remote) == numbers(local)
    assert weights(remote) == weights(local)


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
