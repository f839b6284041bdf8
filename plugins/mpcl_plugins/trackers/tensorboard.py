"""Write event files for TensorBoard (``mpcl[tensorboard]``), in the folder ``tensorboard`` of each job.

``tensorboard --logdir runs`` shows every loss of every job while it runs, by phase (``search/loss``,
``search/validation_kl``, ``refit/loss`` …), and the metrics over its test windows at the end (``test/kl_divergence``
…).

A record is appended when it happens and the file is closed again: nothing waits in a thread, nothing is lost with a
job that is killed, and a job that starts again begins a file of its own.
"""

import time
from collections.abc import Mapping
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

from mpcl_core.plugin import Job, hookimpl


@hookimpl
def mpcl_job_started(job: Job) -> None:
    folder = _folder(job)
    folder.mkdir(exist_ok=True)
    _append(folder / f"events.out.tfevents.{time.time_ns()}.mpcl", Event(file_version="brain.Event:2"))


@hookimpl
def mpcl_epoch_ended(job: Job, epoch: int, metrics: Mapping[str, int | float | str]) -> None:
    of = metrics["phase"]
    _append(_latest(job), _scalars(epoch, {f"{of}/{name}": value for name, value in metrics.items() if name != "of"}))


@hookimpl
def mpcl_job_ended(job: Job, metrics: Mapping[str, float]) -> None:
    _append(_latest(job), _scalars(0, {f"test/{name}": value for name, value in metrics.items()}))


def _folder(job: Job) -> Path:
    return job.folder / "tensorboard"


def _latest(job: Job) -> Path:
    return max(_folder(job).iterdir())


def _scalars(step: int, values: Mapping[str, int | float | str]) -> Event:
    numbers = {tag: float(value) for tag, value in values.items() if not isinstance(value, str)}
    return Event(
        step=step, summary=Summary(value=[Summary.Value(tag=tag, simple_value=numbers[tag]) for tag in numbers])
    )


def _append(path: Path, event: Event) -> None:
    event.wall_time = time.time()
    with path.open("ab") as file:
        RecordWriter(file).write(event.SerializeToString())
