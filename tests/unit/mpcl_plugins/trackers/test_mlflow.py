"""The tracker of MLflow: a job is a run, and a server that fails or waits holds up nothing."""

import logging
import sys
import threading
import time
from collections.abc import Iterator
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


@pytest.fixture
def job(tmp_path: Path) -> Job:
    folder = tmp_path / "20260101T000000Z-abc.partial" / "jobs" / "main" / "0" / "s01"
    folder.mkdir(parents=True)
    return Job("main", 0, "s01", folder)


class Server:
    """Stands for MLflow and its server. ``fails`` and ``held`` say how it is."""

    def __init__(self) -> None:
        self.runs: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.held = threading.Event()
        self.held.set()
        self.fails = False

    def client(self) -> SimpleNamespace:
        self.held.wait(20)
        if self.fails:
            raise ConnectionError("no route to host")
        return SimpleNamespace(
            get_experiment_by_name=lambda name: None,
            create_experiment=lambda name: f"id of {name}",
            create_run=self._create,
            log_dict=lambda run, values, name: self.runs[int(run)].update(recipe=(name, values)),
            log_batch=lambda run, metrics: self.runs[int(run)]["metrics"].extend(metrics),
            set_tag=lambda run, name, value: self.runs[int(run)]["tags"].update({name: value}),
            set_terminated=lambda run, status="FINISHED": self.runs[int(run)].update(ended=status),
        )

    def _create(self, experiment: str, tags: dict[str, str], run_name: str) -> SimpleNamespace:
        self.runs.append({"experiment": experiment, "tags": tags, "name": run_name, "metrics": []})
        return SimpleNamespace(info=SimpleNamespace(run_id=str(len(self.runs) - 1)))


@pytest.fixture(autouse=True)
def _new_plugin() -> None:
    """Import the plugin anew: its module keeps whether the server of the process has failed."""
    forget_plugin_file(str(tracker("mlflow")))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server()
    module, entities = ModuleType("mlflow"), ModuleType("mlflow.entities")
    module.__spec__ = ModuleSpec("mlflow", None)
    vars(module).update(MlflowClient=made.client)
    vars(entities).update(Metric=lambda *values: values)
    monkeypatch.setitem(sys.modules, "mlflow", module)
    monkeypatch.setitem(sys.modules, "mlflow.entities", entities)
    monkeypatch.setenv("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    monkeypatch.delenv("MLFLOW_EXPERIMENT_NAME", raising=False)
    yield made
    made.held.set()


def test_a_job_is_a_run_of_mlflow(server: Server, job: Job) -> None:
    play(found("mlflow").manager.hook, job)
    (run,) = server.runs
    assert run["experiment"] == "id of mpcl"
    assert run["name"] == "main/0/s01"
    assert run["tags"] == {"variant": "main", "seed": "0", "fold": "s01", "run": "20260101T000000Z-abc"}
    assert run["recipe"] == ("recipe.json", {"dim": 8})
    assert run["ended"] == "FINISHED"
    values = [(name, step, value) for name, value, _, step in run["metrics"]]
    assert ("search/validation_kl", 1, 0.5) in values
    assert values[-1] == ("test/kl_divergence", 0, 0.125)
    assert not [name for name, _, _ in values if name.endswith(("/of", "/phase"))]


def test_a_job_that_fails_is_a_run_that_failed(server: Server, job: Job) -> None:
    hook = found("mlflow").manager.hook
    hook.mpcl_job_failed(job=job, error="before there was a run")
    hook.mpcl_job_started(job=job, network=None, recipe={"dim": 8})
    hook.mpcl_job_failed(job=job, error="RuntimeError: boom")
    (run,) = server.runs
    assert run["ended"] == "FAILED"
    assert run["tags"]["error"] == "RuntimeError: boom"


def test_a_server_that_fails_is_one_warning(server: Server, job: Job, caplog: pytest.LogCaptureFixture) -> None:
    server.fails = True
    hook = found("mlflow").manager.hook
    with caplog.at_level(logging.WARNING, "mpcl.tracker"):
        for _ in range(2):
            play(hook, job)
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
    vars(discovery.manager.get_plugin(str(tracker("mlflow"))))["PATIENCE"] = 0.3
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
