"""The tracker of MLflow: a parent run with nested jobs, and a server that fails or waits holds up nothing."""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from mpcl_core.cli.main import main
from mpcl_core.interfaces.data import Job
from mpcl_registry.discover import tracker
from mpcl_registry.plugin_files import forget_plugin_file
from support.trackers import RECIPE, found, play

SOURCE = {"use": "simulated", "subjects": 2}
MANIFEST = {
    "name": "r",
    "device": "cpu",
    "studies": [{"variants": ["main"], "n_windows": 8, "data_hash": "ab" * 32}],
    "variants": {"main": {"is_baseline": False, "recipe": {"source": SOURCE}}},
}
ROW = {"variant": "main", "metric": "kl_divergence", "mean": 0.5, "low": 0.25, "high": None}
RESULTS = [{"grade": "subject-independent", "rows": [ROW]}]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    folder = tmp_path / "20260101T000000Z-abc.partial" / "jobs" / "main" / "0" / "s01"
    folder.mkdir(parents=True)
    (folder.parents[3] / "lock.json").write_text(json.dumps(MANIFEST))
    return Job("main", 0, "s01", folder)


class Server:
    """Stands for MLflow and its server. ``fails`` and ``held`` say how it is."""

    def __init__(self) -> None:
        self.runs: list[dict[str, Any]] = []
        self.held = threading.Event()
        self.held.set()
        self.fails = False

    def client(self, uri: str) -> SimpleNamespace:
        self.held.wait(20)
        if self.fails:
            raise ConnectionError("no route to host")
        return SimpleNamespace(
            get_experiment_by_name=lambda name: None,
            create_experiment=lambda name, artifact_location, tags: f"id of {name}",
            create_run=self._create,
            get_run=lambda run: SimpleNamespace(info=SimpleNamespace(experiment_id=self.runs[int(run)]["experiment"])),
            update_run=lambda run, status: self.runs[int(run)].update(ended=""),
            search_runs=lambda experiments, text: [
                SimpleNamespace(info=SimpleNamespace(run_id=str(number)))
                for number, run in enumerate(self.runs)
                if not run["ended"] and "mlflow.parentRunId" in run["tags"]
            ],
            log_inputs=lambda run, datasets: self.runs[int(run)].update(datasets=datasets),
            log_artifact=lambda run, file, place: self.runs[int(run)]["files"].append((Path(file).name, place)),
            log_batch=self._log,
            set_tag=lambda run, name, value: self.runs[int(run)]["tags"].update({name: value}),
            set_terminated=lambda run, status="FINISHED": self.runs[int(run)].update(ended=status),
        )

    def _create(self, experiment: str, tags: dict[str, str], run_name: str) -> SimpleNamespace:
        empty: dict[str, Any] = {"metrics": [], "params": {}, "files": [], "ended": ""}
        self.runs.append({"experiment": experiment, "tags": tags, "name": run_name, **empty})
        return SimpleNamespace(info=SimpleNamespace(run_id=str(len(self.runs) - 1)))

    def _log(self, run: str, metrics: Any = (), params: Any = ()) -> None:
        self.runs[int(run)]["metrics"].extend(metrics)
        self.runs[int(run)]["params"].update(params)


@pytest.fixture(autouse=True)
def _new_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Import the plugin anew: its module keeps whether the server of the process has failed."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
    forget_plugin_file(str(tracker("mlflow")))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server()
    module, entities = ModuleType("mlflow"), ModuleType("mlflow.entities")
    module.__spec__ = ModuleSpec("mlflow", None)
    vars(module).update(MlflowClient=made.client)
    for name in ("Metric", "Param", "DatasetInput"):
        vars(entities)[name] = lambda *values: values
    vars(entities).update(Dataset=lambda *values, profile: values)
    monkeypatch.setitem(sys.modules, "mlflow", module)
    monkeypatch.setitem(sys.modules, "mlflow.entities", entities)
    monkeypatch.setenv("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    monkeypatch.delenv("MLFLOW_EXPERIMENT_NAME", raising=False)
    yield made
    made.held.set()


def end(run: Path) -> Path:
    """Give a run folder its final name, with some files."""
    folder = run.rename(run.with_suffix(""))
    (folder / "jobs" / "main" / "0" / "s01" / "model").mkdir()
    for name in ("summary.md", "report.html", ".hidden", "jobs/main/0/s01/model/model.json"):
        (folder / name).write_text("text")
    return folder


def test_run_is_a_parent_with_nested_jobs(server: Server, job: Job) -> None:
    hook, folder = found("mlflow").manager.hook, job.folder.parents[3]
    hook.mpcl_run_started(folder=folder, recipe="dim: 8\nprepare: [{use: window}]", plan=[job])
    play(hook, job)
    hook.mpcl_job_started(job=replace(job, fold="killed"), network=None, recipe={})
    hook.mpcl_run_ended(folder=end(folder), results=[{**RESULTS[0], "rows": [ROW, {**ROW, "variant": "lr=1+seeds"}]}])
    parent, child, _ = server.runs
    assert parent["experiment"] == child["experiment"] == "id of mpcl"
    assert parent["name"] == "r/20260101T000000Z-abc"
    assert parent["params"] == {"dim": "8", "prepare.0.use": "window"}
    assert parent["datasets"] == [(("simulated", "ab" * 16, "mpcl", "subjects: 2\nuse: simulated\n"),)]
    assert [(name, value) for name, value, *_ in parent["metrics"]] == [
        ("main/kl_divergence", 0.5),
        ("main/kl_divergence/low", 0.25),
        ("lr_1_seeds/kl_divergence", 0.5),
        ("lr_1_seeds/kl_divergence/low", 0.25),
    ]
    assert parent["tags"]["grade"] == "subject-independent"
    assert parent["tags"]["mlflow.note.content"] == "text"
    assert parent["files"] == [
        ("lock.json", None),
        ("report.html", None),
        ("summary.md", None),
        ("model.json", "model"),
    ]
    assert [run["ended"] for run in server.runs] == ["FINISHED", "FINISHED", "KILLED"]
    assert child["name"] == "main/0/s01"
    assert child["tags"] == {"variant": "main", "seed": "0", "fold": "s01", "mlflow.parentRunId": "0"}
    assert child["params"] == {"variant": "main", "seed": "0", "fold": "s01", "dim": "8"}
    values = [(name, step, value) for name, value, _, step in child["metrics"]]
    assert ("search/validation_kl", 1, 0.5) in values
    assert values[-1] == ("test/kl_divergence", 0, 0.125)
    assert not [name for name, _, _ in values if name.endswith(("/of", "/phase"))]


def test_resumed_run_continues_its_parent(server: Server, job: Job) -> None:
    folder = job.folder.parents[3]
    for _ in range(2):
        forget_plugin_file(str(tracker("mlflow")))
        hook = found("mlflow").manager.hook
        hook.mpcl_run_started(folder=folder, recipe="dim: 8", plan=[job])
        play(hook, job)
    assert ["mlflow.parentRunId" in run["tags"] for run in server.runs] == [False, True, True]


def test_a_job_that_fails_is_a_run_that_failed(server: Server, job: Job) -> None:
    hook = found("mlflow").manager.hook
    hook.mpcl_job_failed(job=job, error="before there was a run")
    hook.mpcl_job_started(job=job, network=None, recipe={"dim": 8})
    hook.mpcl_job_failed(job=job, error="RuntimeError: boom")
    _, run = server.runs
    assert run["ended"] == "FAILED"
    assert run["tags"]["error"] == "RuntimeError: boom"


def test_a_server_that_fails_is_one_warning(server: Server, job: Job, caplog: pytest.LogCaptureFixture) -> None:
    server.fails = True
    hook = found("mlflow").manager.hook
    with caplog.at_level(logging.WARNING, "mpcl.tracker"):
        for _ in range(2):
            play(hook, job)
    assert (job.folder.parents[3] / ".mlflow-failed").is_file(), "the other processes of the run send nothing"
    (record,) = caplog.records
    assert record.getMessage() == (
        "MLflow: ConnectionError: no route to host. Nothing more is sent to it from this process."
    )
    assert server.runs == []


def test_a_server_that_does_not_answer_delays_only_once(
    server: Server, job: Job, caplog: pytest.LogCaptureFixture
) -> None:
    server.held.clear()
    discovery = found("mlflow")
    vars(discovery.manager.get_plugin(str(tracker("mlflow"))))["IMPORT"] = 0.3
    started = time.perf_counter()
    play(discovery.manager.hook, job, epochs=0)
    first = time.perf_counter() - started
    play(discovery.manager.hook, job, epochs=1000)
    assert 0.3 <= first < 5
    assert time.perf_counter() - started - first < 5
    assert [record.getMessage()[:34] for record in caplog.records] == ["MLflow: did not answer for 0.3 s. "]


def test_a_tracker_that_is_not_installed_stops_the_run_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    recipe, out = tmp_path / "r.yaml", tmp_path / "out"
    recipe.write_text(RECIPE)
    assert main(["run", str(recipe), "--out", str(out), "--track", "mlflow"]) == 2
    assert capsys.readouterr().err == (
        "--track mlflow: No module named 'mlflow'. Install it: pip install 'mpcl[mlflow]'\n"
    )
    assert not list(tmp_path.glob("out*"))


def test_server_has_to_be_stated(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    recipe = tmp_path / "r.yaml"
    recipe.write_text(RECIPE)
    assert main(["run", str(recipe), f"--out={tmp_path / 'out'}", "--track", "mlflow"]) == 2
    assert "--track mlflow: MLFLOW_TRACKING_URI is not set" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of MLflow
def test_real_server_has_parent_and_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mlflow = pytest.importorskip("mlflow")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    uri = f"http://127.0.0.1:{port}"
    store = [f"--backend-store-uri=sqlite:///{tmp_path}/m.db", f"--artifacts-destination={tmp_path}/artifacts"]
    command = [sys.executable, "-m", "mlflow", "server", f"--port={port}", "--workers=1", *store]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL, start_new_session=True) as served:
        try:
            _wait_for(port)
            client = mlflow.MlflowClient(uri)
            client.search_experiments()  # the first answer of a new server takes long
            work = tmp_path / "work"
            work.mkdir()
            (work / "r.yaml").write_text(RECIPE)
            monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
            monkeypatch.chdir(work)
            assert main(["run", "r.yaml", "--out=out", "--jobs=1", "--no-figures", "--track", "mlflow"]) == 0
            experiment = client.get_experiment_by_name("mpcl")
            runs = client.search_runs([experiment.experiment_id])
            (parent,) = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
            assert len(runs) == 9
            assert {run.info.status for run in runs} == {"FINISHED"}
            assert parent.data.params["prepare.0.length"] == "4.0"
            assert parent.data.metrics["main/kl_divergence"] > 0
            assert {"report.html", "lock.json", "model"} <= {x.path for x in client.list_artifacts(parent.info.run_id)}
            assert sorted(path.name for path in work.iterdir()) == ["out", "r.yaml"]
        finally:
            os.killpg(served.pid, signal.SIGKILL)


def _wait_for(port: int) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError("MLflow's server has not started")
