"""Append the events of all jobs of a run to one file of JSON lines, ``events.jsonl`` in its folder.

The engine writes each job's epochs to its own ``metrics.jsonl``. Here the events of all processes are collected in the
order in which they happen, with the time (seconds since 1970) and with starts and ends: for ``tail -f``, and for
programs that should not walk folders. A line is written in one piece at the end of the file, so that lines of several
processes stay intact on a local disk.
"""

import json
import os
import time
from collections.abc import Mapping

from mpcl_core.plugin import Job, hookimpl


@hookimpl
def mpcl_job_started(job: Job) -> None:
    _append(job, "job_started", {})


@hookimpl
def mpcl_epoch_ended(job: Job, epoch: int, metrics: Mapping[str, int | float | str]) -> None:
    _append(job, "epoch_ended", {"epoch": epoch, **metrics})


@hookimpl
def mpcl_job_ended(job: Job, metrics: Mapping[str, float]) -> None:
    _append(job, "job_ended", metrics)


@hookimpl
def mpcl_job_failed(job: Job, error: str) -> None:
    _append(job, "job_failed", {"error": error})


def _append(job: Job, event: str, values: Mapping[str, object]) -> None:
    which = {"variant": job.variant, "seed": job.seed, "fold": job.fold}
    line = json.dumps({"time": time.time(), "event": event, **which, **values}) + "\n"
    file = os.open(job.folder.parents[3] / "events.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        os.write(file, line.encode())
    finally:
        os.close(file)
