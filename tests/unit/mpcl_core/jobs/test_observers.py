"""Observers of a job: one that fails affects neither the job nor the others."""

from pathlib import Path

import pytest

from mpcl_core.interfaces.data import Job
from mpcl_core.jobs.observers import JobObservers

JOB = Job("net", 0, "f", Path("jobs/net/0/f"))


def test_failing_observer_is_logged_and_the_others_are_called(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[tuple[str, object]] = []

    def fails(job: Job, **_: object) -> None:
        raise RuntimeError("boom")

    observers = JobObservers(JOB, {"ended": [fails, lambda job, metrics: calls.append((job.variant, metrics))]})
    observers.call("ended", metrics={})
    observers.call("started", network=None)
    assert calls == [("net", {})]
    assert "an observer of ended failed" in caplog.text
    assert "RuntimeError: boom" in caplog.text


def test_an_interruption_by_the_user_ends_the_job() -> None:
    def stops(job: Job) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        JobObservers(JOB, {"ended": [stops]}).call("ended")
