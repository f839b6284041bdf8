"""Run calls in a worker process, which a `WorkerPool` of another process supervises."""

import os
import pickle
import signal
from multiprocessing.connection import Connection
from typing import Any

from mpcl_core.jobs.process import exit_with_parent

DISCONNECTED = 74
"""Exit status of a process whose connection was closed by the code that it ran."""


def run_calls(connection: Connection, parent: int) -> None:
    """Run the calls that arrive over a connection, until it is closed.

    Args:
        connection: to the process that supervises this one.
        parent: its process id.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervising process ends this one when the user stops it
    exit_with_parent(parent)
    while True:
        try:
            function, arguments = connection.recv()
        except EOFError:
            return
        answer: tuple[str, Any]
        try:
            connection.send(("begun", None))
            answer = "ended", function(*arguments)
        except BaseException as error:
            answer = "raised", _picklable(error)
        try:
            connection.send(answer)
        except OSError:
            os._exit(DISCONNECTED)


def _picklable(error: BaseException) -> BaseException:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
