"""Log each job as a run of MLflow (``mlflow`` ≥ 3, ``mpcl[mlflow]``).

``MLFLOW_TRACKING_URI`` and ``MLFLOW_EXPERIMENT_NAME`` (default ``mpcl``) state the server and the experiment. A job is
a run with the tags ``variant``, ``seed``, ``fold`` and ``run``, the folder; with the losses by phase, the metrics over
its test windows, and the recipe as ``recipe.json``.

A server may be slow or down without an effect on the job: a thread of the process imports MLflow and sends events in
order. At the end of a job the rest is awaited, 30 s at most. A failure is one warning in the job's log, and nothing
more is sent from this process. A job whose process is killed leaves a run that MLflow shows as running.
"""

import os
import time
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from mpcl_core.plugin import Job, hookimpl
from mpcl_plugins.trackers._sender import Sender

if find_spec("mlflow") is None:
    raise ModuleNotFoundError("No module named 'mlflow'", name="mlflow")

PATIENCE = 30.0
"""Seconds that the end of a job waits for the server at most."""

_sender = Sender("MLflow")
_runs: dict[Job, str] = {}


@hookimpl
def mpcl_job_started(job: Job, recipe: Mapping[str, Any]) -> None:
    _sender.send(lambda: _start(job, recipe))


@hookimpl
def mpcl_epoch_ended(job: Job, epoch: int, metrics: Mapping[str, int | float | str]) -> None:
    values = {f"{metrics['phase']}/{name}": value for name, value in metrics.items() if name != "of"}
    now = _milliseconds()
    _sender.send(lambda: _log(job, values, now, epoch))


@hookimpl
def mpcl_job_ended(job: Job, metrics: Mapping[str, float]) -> None:
    values, now = {f"test/{name}": value for name, value in metrics.items()}, _milliseconds()
    _sender.send(lambda: _log(job, values, now, 0))
    _sender.send(lambda: _end(job))
    _sender.wait(PATIENCE)


@hookimpl
def mpcl_job_failed(job: Job, error: str) -> None:
    _sender.send(lambda: _fail(job, error))
    _sender.wait(PATIENCE)


def _start(job: Job, recipe: Mapping[str, Any]) -> None:
    if job in _runs:  # the refit goes on where the search was
        return
    from filelock import FileLock
    from mlflow import MlflowClient

    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")  # the answer of `run --json` is there
    folder = job.folder.parents[3]
    which = {"variant": job.variant, "seed": str(job.seed), "fold": job.fold}
    tags = {**which, "run": folder.name.removesuffix(".partial")}
    with FileLock(folder / "mlflow.lock"):  # processes that make one new local store at once break it
        client = MlflowClient()
        run = client.create_run(_experiment(client), tags=tags, run_name="/".join(which.values()))
    _runs[job] = run.info.run_id
    client.log_dict(_runs[job], dict(recipe), "recipe.json")


def _experiment(client: Any) -> str:
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME", "mpcl")
    found = client.get_experiment_by_name(name)
    return str(found.experiment_id if found else client.create_experiment(name))


def _log(job: Job, values: Mapping[str, int | float | str], now: int, step: int) -> None:
    from mlflow import MlflowClient
    from mlflow.entities import Metric

    numbers = [Metric(name, float(value), now, step) for name, value in values.items() if not isinstance(value, str)]
    MlflowClient().log_batch(_runs[job], metrics=numbers)


def _end(job: Job) -> None:
    from mlflow import MlflowClient

    MlflowClient().set_terminated(_runs.pop(job))


def _fail(job: Job, error: str) -> None:
    if run := _runs.pop(job, None):
        from mlflow import MlflowClient

        client = MlflowClient()
        client.set_tag(run, "error", error)
        client.set_terminated(run, status="FAILED")


def _milliseconds() -> int:
    return round(time.time() * 1000)
