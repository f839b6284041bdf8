"""A worker process answers each call that arrives, and ends with its connection."""

import os
import signal
from multiprocessing import Pipe
from threading import Lock, Thread

import pytest

from mpcl_core.jobs import worker_process


def fails() -> None:
    raise ValueError(Lock())  # which cannot be pickled


def test_calls_and_their_errors_are_answered_until_the_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # only a main thread sets handlers
    monkeypatch.setattr(worker_process, "exit_with_parent", lambda _: None)
    own, other = Pipe()
    thread = Thread(target=worker_process.run_calls, args=(other, os.getpid()))
    thread.start()
    own.send((divmod, (7, 2)))
    assert [own.recv(), own.recv()] == [("begun", None), ("ended", (3, 1))]
    own.send((fails, ()))
    assert own.recv() == ("begun", None)
    kind, error = own.recv()
    assert (kind, type(error)) == ("raised", RuntimeError)
    assert str(error).startswith("ValueError: <unlocked _thread.lock")
    own.close()
    thread.join(5)
    assert not thread.is_alive()
