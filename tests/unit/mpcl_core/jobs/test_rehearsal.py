"""A call that would end the process is named, and ends nothing."""

import os
import signal
import sys
import time

import pytest

from mpcl_core.jobs.rehearsal import FailedCall, find_deadly_call

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the process is copied")


def fine() -> None:
    sys.stdout.write("not shown")
    os.write(1, b"not shown")


def fail() -> None:
    raise SystemExit(3)


def test_call_that_ends_the_process_is_named_with_its_cause() -> None:
    found = find_deadly_call({"a": fine, "b": lambda: os.kill(os.getpid(), signal.SIGSEGV), "c": fine})
    assert found == FailedCall("b", "it was ended by signal SIGSEGV")
    assert find_deadly_call({"a": lambda: os._exit(3)}) == FailedCall("a", "it exited with status 3")


def test_calls_that_return_or_raise_end_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    assert find_deadly_call({"a": fine, "b": fine}) is None
    assert find_deadly_call({"a": fail, "b": fine}) is None
    assert find_deadly_call({"a": fail, "b": lambda: os._exit(3)}) == FailedCall("b", "it exited with status 3")
    assert find_deadly_call({}) is None
    assert capfd.readouterr().out == ""


def test_call_that_does_not_return_is_named_and_its_process_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mpcl_core.jobs.rehearsal.SECONDS", 0.1)
    started = time.monotonic()
    found = find_deadly_call({"a": fine, "b": lambda: time.sleep(60), "c": fine})
    assert found == FailedCall("b", "it did not return within 0.1 s", returns=False)
    assert time.monotonic() - started < 10
