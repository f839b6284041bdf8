"""Run calls in worker processes and supervise each: the death of a process ends its own call and no other.

The reasons stand in ``docs/concepts/unusual.md``, "How processes end".
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any

from joblib.externals.loky.backend.context import get_context

from mpcl_core.jobs.fork_server import ForkServer, can_fork
from mpcl_core.jobs.worker_process import DISCONNECTED, run_calls

CHECK = 1.0
"""Seconds between two checks of processes that do not answer; also the time in which one has to end by itself."""


@dataclass(frozen=True)
class Death:
    """Hold how a process ended during a call.

    Args:
        cause: how it ended, as a phrase.
        seconds: how long the call had run.
        has_begun: whether the call had begun.
        is_certain: whether the call itself caused it for certain, so that it would die again.
    """

    cause: str
    seconds: float
    has_begun: bool = True
    is_certain: bool = False


@dataclass(frozen=True)
class Ended:
    """Hold how a call ended.

    Args:
        key: what the call was started with.
        result: what it returned; None where the process died.
        death: how the process died; None where the call returned.
    """

    key: Any
    result: Any = None
    death: Death | None = None


class ThisProcess:
    """Run calls in this process, one by one; has the interface of `WorkerPool`."""

    def __init__(self) -> None:
        self._ended: list[Ended] = []

    def __enter__(self) -> "ThisProcess":
        return self

    def __exit__(self, *_: object) -> None: ...

    @property
    def has_room(self) -> bool:
        """Return whether a call can be started."""
        return not self._ended

    @property
    def is_busy(self) -> bool:
        """Return whether `wait` would return a call."""
        return bool(self._ended)

    def start(self, key: Any, function: Callable[..., Any], *arguments: Any, limit: float | None = None) -> None:
        """Run a call.

        Args:
            key: stands for the call in what `wait` returns.
            function, arguments: the call.
            limit: ignored, since nothing could end this process's own code.
        """
        self._ended.append(Ended(key, function(*arguments)))

    def wait(self) -> list[Ended]:
        """Return the call that has ended.

        Returns:
            One call.
        """
        ended, self._ended = self._ended, []
        return ended


class WorkerPool:
    """Run calls in worker processes, as a context; the processes are started when they are needed.

    Args:
        size: how many calls run at a time.
        modules: modules of the framework that the calls need; imported once for all processes, where these are forked.
        is_fresh: run each call in a process that has run no other.
    """

    def __init__(self, size: int, modules: Sequence[str] = (), is_fresh: bool = False) -> None:
        self.size = size
        self._modules, self._is_fresh = modules, is_fresh
        self._workers: list[_Worker] = []
        self._server: ForkServer | None = None

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.connection.close()
            if worker.is_busy:
                worker.kill()
        for worker in self._workers:
            worker.end()
        if self._server is not None:
            self._server.end()

    @property
    def has_room(self) -> bool:
        """Return whether a call can be started at once."""
        return sum(worker.is_busy for worker in self._workers) < self.size

    @property
    def is_busy(self) -> bool:
        """Return whether a call is running."""
        return any(worker.is_busy for worker in self._workers)

    def start(self, key: Any, function: Callable[..., Any], *arguments: Any, limit: float | None = None) -> None:
        """Start a call in a process that has none.

        Args:
            key: stands for the call in what `wait` returns.
            function, arguments: the call; picklable.
            limit: seconds after which its process is ended; None for no limit.
        """
        worker = next((worker for worker in self._workers if not worker.is_busy), None)
        if worker is None:
            worker = _Worker(self._start_process)
            self._workers.append(worker)
        worker.begin(key, (function, arguments), limit)

    def wait(self) -> list[Ended]:
        """Wait until a call has ended.

        Returns:
            The calls that have ended.

        Raises:
            Exception: whatever a call raised.
        """
        while True:
            busy = [worker for worker in self._workers if worker.is_busy]
            wait([worker.connection for worker in busy], min(worker.patience for worker in busy))
            if ended := [end for worker in busy if (end := worker.poll())]:
                self._retire_workers()
                return ended

    def _retire_workers(self) -> None:
        """Remove the processes that run no further call."""
        for worker in self._workers:
            if self._is_fresh and worker.is_usable and not worker.is_busy:
                worker.connection.close()
                worker.end()
                worker.is_usable = False
        self._workers = [worker for worker in self._workers if worker.is_usable]

    def _start_process(self, connection: Connection) -> Any:
        """Start a process that serves a connection.

        Returns:
            The process.
        """
        if can_fork():
            if self._server is None or not self._server.is_usable:
                self._server = ForkServer(run_calls, self._modules)
            return self._server.start(connection)
        process = get_context("loky").Process(target=run_calls, args=(connection, os.getpid()))
        process.start()
        return process


class _Worker:
    """Hold a process, the connection to it, and the call that it runs."""

    def __init__(self, start_process: Callable[[Connection], Any]) -> None:
        self.connection, other = get_context("loky").Pipe()
        self.process = start_process(other)
        other.close()
        self.is_busy, self.is_usable = False, True
        self.key: Any = None
        self.limit: float | None = None
        self.begun: float | None = None

    def begin(self, key: Any, call: tuple[Callable[..., Any], Sequence[Any]], limit: float | None) -> None:
        self.is_busy, self.key, self.limit, self.begun = True, key, limit, None
        with suppress(BrokenPipeError, ConnectionResetError):  # `poll` finds that the process has died
            self.connection.send(call)

    @property
    def patience(self) -> float:
        """Return after how many seconds the process has to be checked though it has not answered."""
        if self.limit is None or self.begun is None:
            return CHECK
        return min(CHECK, max(0.0, self.begun + self.limit - time.monotonic()))

    def poll(self) -> Ended | None:
        """Return how the call ended.

        Returns:
            The end; None while it runs.
        """
        try:
            while self.connection.poll():
                kind, value = self.connection.recv()
                if kind == "begun":
                    self.begun = time.monotonic()
                    continue
                self.is_busy = False
                if kind == "raised":
                    raise value
                return Ended(self.key, value)
        except (EOFError, ConnectionResetError):
            return self._died()
        if self.process.exitcode is not None:
            return self._died()
        if self.limit is not None and self.begun is not None and time.monotonic() > self.begun + self.limit:
            self.kill()
            return self._died(self.limit)
        return None

    def _died(self, limit: float | None = None) -> Ended:
        self.process.join(CHECK)
        code = self.process.exitcode
        if code is None:  # it lives, but its connection does not
            code = DISCONNECTED
            self.kill()
            self.process.join()
        self.is_busy = self.is_usable = False
        self.connection.close()
        seconds = 0.0 if self.begun is None else time.monotonic() - self.begun
        cause = describe_death(code) if limit is None else f"it took longer than {limit:g} s (--job-timeout)"
        is_certain = limit is not None or code == DISCONNECTED
        return Ended(self.key, death=Death(cause, seconds, self.begun is not None, is_certain))

    def kill(self) -> None:
        """End the process at once, also one that ignores signals."""
        if sys.platform == "win32":
            self.process.terminate()
        elif self.process.exitcode is None:
            os.kill(self.process.pid, signal.SIGKILL)

    def end(self) -> None:
        """Wait until the process has ended; one that does not end by itself is killed."""
        self.process.join(CHECK)
        if self.process.exitcode is None:
            self.kill()
            self.process.join()


def describe_death(exit_code: int) -> str:
    """Describe how a process ended.

    Args:
        exit_code: its exit status; minus the number of the signal that ended it.

    Returns:
        A phrase.
    """
    if exit_code == DISCONNECTED:
        return "it closed file descriptors that are not its own"
    if exit_code >= 0:
        return f"it exited with status {exit_code}"
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = f"{-exit_code}"
    return f"it was ended by signal {name}{' (by the system, if memory ran out)' * (name == 'SIGKILL')}"
