"""Play the epochs of a job to the hooks of a tracker."""

from pathlib import Path
from typing import Any

import pytest

from mpcl_core.interfaces.data import Job
from mpcl_registry.discover import Discovery, discover, tracker

EPOCH: dict[str, int | float | str] = {"of": 3, "phase": "search", "loss": 0.5, "validation_kl": 0.25, "seconds": 0.1}


@pytest.fixture
def job(tmp_path: Path) -> Job:
    folder = tmp_path / "20260101T000000Z-abc.partial" / "jobs" / "main" / "0" / "s01"
    folder.mkdir(parents=True)
    return Job("main", 0, "s01", folder)


def found(name: str) -> Discovery:
    discovery = discover([tracker(name)], entries=())
    assert discovery.catalog.not_loaded == {}
    return discovery


def play(hook: Any, job: Job, epochs: int = 3) -> None:
    """A job as the engine tells of it."""
    hook.mpcl_job_started(job=job, network=None, recipe={"dim": 8})
    for epoch in range(epochs + 1):
        hook.mpcl_epoch_ended(job=job, epoch=epoch, metrics=EPOCH | {"validation_kl": 1.0 / (epoch + 1)})
    hook.mpcl_job_started(job=job, network=None, recipe={"dim": 8})  # the refit
    hook.mpcl_epoch_ended(job=job, epoch=1, metrics={"of": 1, "phase": "refit", "loss": 0.75, "seconds": 0.1})
    hook.mpcl_job_ended(job=job, metrics={"kl_divergence": 0.125})


RECIPE = """
name: r
source: {use: simulated, subjects: 2, trials: 2, seconds: 8}
prepare: [{use: window, length: 4.0, hop: 4.0}]
protocol: {use: loso}
estimator: {use: mean}
"""
