"""Log a run to MLflow (``mlflow`` ≥ 3, ``mpcl[mlflow]``): one parent run, with a nested run for each job.

``MLFLOW_TRACKING_URI`` states the server, or a store such as ``sqlite:////data/mlflow.db``; it is required, so that no
store appears in the current folder. ``MLFLOW_EXPERIMENT_NAME`` (default ``mpcl``) states the experiment.

The parent has the resolved recipe as parameters, the data sets with their hashes, and at the end the means over people
with their intervals, the grade, and as artifacts tables, figures, report, recipe, run manifest and one model. A job has
the recipe of its variant, its losses by phase, and the metrics over its test windows.

A server may be slow or down without an effect on the results: a thread of the process imports MLflow and sends events
in order. At the end of a job and of the run the rest is awaited, while the server answers within 4 s. A failure is one
warning, after which no process of the run sends anything more. Hidden files in the run folder (``.mlflow*``) hold the
parent's id and whether the server has failed. A job whose process was killed is marked so when the run ends.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from mpcl_core.plugin import Job, PluginError, hookimpl
from mpcl_plugins.trackers._finished_run import grades, read_manifest, run_files, score_metrics
from mpcl_plugins.trackers._recipe import allowed_name, flat_recipe
from mpcl_plugins.trackers._sender import PATIENCE, Sender

if find_spec("mlflow") is None:
    raise ModuleNotFoundError("No module named 'mlflow'", name="mlflow")
if not os.environ.get("MLFLOW_TRACKING_URI"):
    raise PluginError("MLFLOW_TRACKING_URI is not set. Set it to a server (http://HOST:5000) or a store (sqlite:////…)")

WAIT_FOR_JOB, WAIT_FOR_RUN = 30.0, 120.0
"""Seconds that the end of a job and of a run are held up at most."""
IMPORT, FIRST, UPLOAD = 60.0, 10.0, 30.0
"""Seconds that the import of MLflow, the first requests of a process and the upload of a file may last."""
BATCH, METRIC_BATCH = 100, 1000
"""Parameters and metrics of one request."""
LONGEST_PARAMETER = 6000
"""Characters of the longest value of a parameter."""

PARENT, LOCK, FAILED = ".mlflow-parent", ".mlflow-lock", ".mlflow-failed"
"""Files in the run folder."""

Numbers = Mapping[str, int | float | str]

_senders: dict[Path, Sender] = {}
_runs: dict[Job, str] = {}


@hookimpl
def mpcl_run_started(folder: Path, recipe: str) -> None:
    folder = folder.resolve()
    (folder / FAILED).unlink(missing_ok=True)
    _send(folder, lambda: _resume_parent(folder, recipe), FIRST)


@hookimpl
def mpcl_job_started(job: Job, recipe: Mapping[str, Any]) -> None:
    _send(_run(job), lambda: _parent(_run(job)), FIRST)
    _send(_run(job), lambda: _start(job, recipe))


@hookimpl
def mpcl_epoch_ended(job: Job, epoch: int, metrics: Numbers) -> None:
    values = {f"{metrics['phase']}/{name}": value for name, value in metrics.items() if name != "of"}
    now = _milliseconds()
    _send(_run(job), lambda: _log(_runs[job], values, now, epoch))


@hookimpl
def mpcl_job_ended(job: Job, metrics: Mapping[str, float]) -> None:
    values, now = {f"test/{name}": value for name, value in metrics.items()}, _milliseconds()
    _send(_run(job), lambda: _log(_runs[job], values, now))
    _send(_run(job), lambda: _client().set_terminated(_runs.pop(job)))
    _sender(_run(job)).wait(WAIT_FOR_JOB)


@hookimpl
def mpcl_job_failed(job: Job, error: str) -> None:
    _send(_run(job), lambda: _fail(job, error))
    _sender(_run(job)).wait(WAIT_FOR_JOB)


@hookimpl
def mpcl_run_ended(folder: Path, results: Sequence[Mapping[str, Any]]) -> None:
    folder = folder.resolve()
    values, now = score_metrics(results), _milliseconds()
    _send(folder, lambda: _log(_parent(folder), values, now))
    _send(folder, lambda: _describe(folder, {"grade": grades(results)}))
    for file, place in run_files(folder).items():
        upload = _Upload(folder, file, place)
        _send(folder, upload, UPLOAD)
    _send(folder, lambda: _end_parent(folder))
    _sender(folder).wait(WAIT_FOR_RUN)
    (folder / LOCK).unlink(missing_ok=True)


def _run(job: Job) -> Path:
    return job.folder.parents[3].resolve()


def _sender(folder: Path) -> Sender:
    """Return the sender of a run.

    Returns:
        The sender; the first call that it makes imports MLflow. It gives up at once where another process of the run
        has found that the server fails.
    """
    final = folder.with_name(folder.name.removesuffix(".partial"))  # the folder is renamed before the run ends
    if final not in _senders:
        _senders[final] = Sender("MLflow", lambda: _mark_failed(final))
        if not _has_failed(final):
            _senders[final].send(_client, IMPORT)
    if _has_failed(final):
        _senders[final].give_up()
    return _senders[final]


def _send(folder: Path, call: Callable[[], object], patience: float = PATIENCE) -> None:
    _sender(folder).send(call, patience)


def _places(final: Path) -> tuple[Path, Path]:
    return final.with_name(f"{final.name}.partial"), final


def _current(folder: Path) -> Path:
    """Return where a run folder is now.

    Returns:
        The path with or without ``.partial``: the folder may be renamed before a call for it is made.
    """
    final = folder.with_name(folder.name.removesuffix(".partial"))
    return final if final.is_dir() else folder


def _has_failed(final: Path) -> bool:
    return any((folder / FAILED).exists() for folder in _places(final))


def _mark_failed(final: Path) -> None:
    for folder in _places(final):
        if folder.is_dir():
            (folder / FAILED).touch()
            return


def _client() -> Any:
    """Return a client of the server.

    Returns:
        The client, which does not repeat requests for minutes, as MLflow does by default.
    """
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")  # the answer of `run --json` is there
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "30")
    from mlflow import MlflowClient

    return MlflowClient(os.environ["MLFLOW_TRACKING_URI"])


def _parent(folder: Path) -> str:
    """Return the id of the parent run, which the first process that needs it creates.

    Returns:
        The id.
    """
    from filelock import FileLock

    folder = _current(folder)
    if not (folder / PARENT).is_file():
        with FileLock(folder / LOCK):
            if not (folder / PARENT).is_file():
                client, name = _client(), folder.name.removesuffix(".partial")
                manifest = read_manifest(folder)
                source = {"mlflow.source.name": f"mpcl run {manifest['name']}", "mlflow.source.type": "LOCAL"}
                tags = {"run": name, "recipe": manifest["name"], "device": manifest["device"], **source}
                made = client.create_run(_experiment(client), tags=tags, run_name=f"{manifest['name']}/{name}")
                (folder / PARENT).write_text(made.info.run_id, encoding="ascii")
    return (folder / PARENT).read_text(encoding="ascii")


def _experiment(client: Any) -> str:
    name, uri = os.environ.get("MLFLOW_EXPERIMENT_NAME", "mpcl"), os.environ["MLFLOW_TRACKING_URI"]
    if found := client.get_experiment_by_name(name):
        return str(found.experiment_id)
    store = uri.removeprefix("sqlite:///")  # without a server MLflow would put artifacts into the current folder
    artifacts = None if store == uri else Path(store).resolve().with_name("mlartifacts").as_uri()
    kind = {"mlflow.experimentKind": "custom_model_development"}  # its page shows parameters and metrics first
    return str(client.create_experiment(name, artifact_location=artifacts, tags=kind))


def _resume_parent(folder: Path, recipe: str) -> None:
    is_new = not (_current(folder) / PARENT).is_file()
    parent, client = _parent(folder), _client()
    if not is_new:
        client.update_run(parent, status="RUNNING")
        return
    _log_parameters(parent, flat_recipe(yaml.safe_load(recipe)))
    client.log_inputs(parent, _datasets(folder))


def _datasets(folder: Path) -> list[Any]:
    from mlflow.entities import Dataset, DatasetInput

    manifest = read_manifest(_current(folder))
    found = []
    for study in manifest["studies"]:
        source = manifest["variants"][study["variants"][0]]["recipe"].get("source", {})
        profile = f'{{"num_rows": {study["n_windows"]}}}'
        name, digest = str(source.get("use", manifest["name"])), study["data_hash"][:32]
        found.append(DatasetInput(Dataset(name, digest, "mpcl", yaml.safe_dump(source), profile=profile)))
    return found


def _start(job: Job, recipe: Mapping[str, Any]) -> None:
    if job in _runs:  # the refit goes on where the search was
        return
    client, parent = _client(), _parent(_run(job))
    which = {"variant": job.variant, "seed": str(job.seed), "fold": job.fold}
    tags = {**which, "mlflow.parentRunId": parent}
    experiment = client.get_run(parent).info.experiment_id
    _runs[job] = client.create_run(experiment, tags=tags, run_name="/".join(which.values())).info.run_id
    _log_parameters(_runs[job], which | flat_recipe(recipe))


def _log_parameters(run: str, values: Mapping[str, str]) -> None:
    from mlflow.entities import Param

    parameters = [Param(name, value[:LONGEST_PARAMETER]) for name, value in values.items()]
    for first in range(0, len(parameters), BATCH):
        _client().log_batch(run, params=parameters[first : first + BATCH])


def _log(run: str, values: Numbers, now: int, step: int = 0) -> None:
    from mlflow.entities import Metric

    numbers = {allowed_name(name): value for name, value in values.items() if not isinstance(value, str)}
    metrics = [Metric(name, float(value), now, step) for name, value in numbers.items()]
    for first in range(0, len(metrics), METRIC_BATCH):
        _client().log_batch(run, metrics=metrics[first : first + METRIC_BATCH])


def _fail(job: Job, error: str) -> None:
    if run := _runs.pop(job, None):
        client = _client()
        client.set_tag(run, "error", error)
        client.set_terminated(run, status="FAILED")


class _Upload:
    """Upload a file to the parent run."""

    def __init__(self, folder: Path, file: Path, place: str) -> None:
        self.folder, self.file, self.place = folder, file, place

    def __call__(self) -> None:
        _client().log_artifact(_parent(self.folder), str(self.file), self.place or None)


def _describe(folder: Path, tags: Mapping[str, str]) -> None:
    client, parent = _client(), _parent(folder)
    table = folder / "summary.md"
    note = {"mlflow.note.content": table.read_text(encoding="utf-8")} if table.is_file() else {}
    for name, value in {**tags, **note}.items():
        client.set_tag(parent, name, value)


def _end_parent(folder: Path) -> None:
    client, parent = _client(), _parent(folder)
    experiment = client.get_run(parent).info.experiment_id
    left = f"tags.`mlflow.parentRunId` = '{parent}' and attributes.status = 'RUNNING'"
    for run in client.search_runs([experiment], left):  # the process of the job was killed
        client.set_terminated(run.info.run_id, status="KILLED")
    client.set_terminated(parent)


def _milliseconds() -> int:
    return round(time.time() * 1000)
