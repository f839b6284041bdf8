"""Fork worker processes from a process that has imported what they need, where the system allows it.

A forked worker starts in milliseconds and shares the memory of the imported modules. The server is started anew for
each pool, so that its workers have the environment, the import path, the working folder and the output of that moment.
It imports modules of the framework only, runs no job and uses no GPU; plugins of users are imported by the workers.
"""

import atexit
import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from multiprocessing import get_all_start_methods
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import recv_handle, send_handle
from threading import Event

from joblib.externals.loky.backend.context import get_context

from mpcl_core.jobs.process import EVERY, collect_garbage_rarely, keep_freed_memory

Serve = Callable[[Connection, int], None]
"""What a worker runs: it is called with the connection to the run and the process id of its parent."""
LOST = -9
"""Exit status of workers whose server has died, which are killed."""


def can_fork() -> bool:
    """Return whether workers are forked here; elsewhere each is started as a new interpreter.

    Returns:
        False on Windows, and on macOS, whose own libraries do not survive a fork.
    """
    return "forkserver" in get_all_start_methods() and sys.platform != "darwin"


class ForkServer:
    """Start worker processes by forking a process of its own.

    Args:
        serve: what each worker runs.
        modules: the modules that the server imports first.
    """

    def __init__(self, serve: Serve, modules: Sequence[str]) -> None:
        context = get_context("loky")
        self._connection, other = context.Pipe()
        self._process = context.Process(target=fork_workers, args=(other, serve, modules, os.getpid()))
        self._process.start()
        other.close()
        self._exit_codes: dict[int, int | None] = {}

    @property
    def is_usable(self) -> bool:
        """Return whether the server runs."""
        return not self._connection.closed and self._process.exitcode is None

    def start(self, connection: Connection) -> "ForkedProcess":
        """Start a worker.

        Args:
            connection: what it serves; to be closed here afterwards.

        Returns:
            The worker; one that has died already where the server cannot start any.
        """
        try:
            send_handle(self._connection, connection.fileno(), self._process.pid)
        except OSError:
            self._lose_workers()
        while self.is_usable:
            if (forked := self._receive(EVERY)) is not None:
                return ForkedProcess(self, forked)
        self._exit_codes[0] = LOST
        return ForkedProcess(self, 0)

    def exit_code(self, worker: int, timeout: float | None = 0.0) -> int | None:
        """Return the exit status of a worker.

        Args:
            worker: its process id.
            timeout: for how many seconds to wait until it has ended; None for no limit.

        Returns:
            The status, minus the number of the signal that ended it; None while it runs.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while self._exit_codes[worker] is None:
            if not self._connection.poll(None if end is None else max(0.0, end - time.monotonic())):
                break
            self._receive(0.0)
        return self._exit_codes[worker]

    def end(self) -> None:
        """End the server, which is to be called after its workers have ended."""
        self._connection.close()
        if self._process.exitcode is None:
            os.kill(self._process.pid, signal.SIGKILL)
        self._process.join()

    def _receive(self, timeout: float) -> int | None:
        """Read a message of the server: a worker was forked, or has ended.

        Returns:
            The process id of a worker that was forked; None where there is no such message.
        """
        try:
            if not self._connection.poll(timeout):
                return None
            worker, code = self._connection.recv()
        except (EOFError, OSError):
            self._lose_workers()
            return None
        self._exit_codes[worker] = code
        return worker if code is None else None

    def _lose_workers(self) -> None:
        """Kill the workers after the server has died, since nobody else learns of their ends."""
        for worker, code in self._exit_codes.items():
            if code is None:
                os.kill(worker, signal.SIGKILL)
                self._exit_codes[worker] = LOST
        self.end()


class ForkedProcess:
    """Hold a worker process of a `ForkServer`; has what a pool uses of `multiprocessing.Process`.

    Args:
        server: what forked it.
        pid: its process id.
    """

    def __init__(self, server: ForkServer, pid: int) -> None:
        self._server = server
        self.pid = pid

    @property
    def exitcode(self) -> int | None:
        """Return the exit status; None while the process runs."""
        return self._server.exit_code(self.pid)

    def join(self, timeout: float | None = None) -> None:
        """Wait until the process has ended.

        Args:
            timeout: at most so many seconds; None for no limit.
        """
        self._server.exit_code(self.pid, timeout)


def fork_workers(requests: Connection, serve: Serve, modules: Sequence[str], run: int) -> None:
    """Fork a worker for each connection that arrives, until the run ends; the main function of a server.

    Args:
        requests: to the process of the run, which sends connections and receives process ids and exit statuses.
        serve: what each worker runs.
        modules: what to import first.
        run: the process id of the run.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    has_served = Event()
    atexit.register(_skip_clean_up, has_served)  # before the imports, so that it comes after what they register
    collect_garbage_rarely()
    keep_freed_memory()
    for name in modules:
        import_module(name)
    gc.freeze()  # a collection in a worker would copy the memory that it shares
    woken = _wake_when_children_end()
    server = os.getpid()
    while os.getppid() == run:
        ready = wait([requests, woken[0]], EVERY)
        if woken[0] in ready:
            os.read(woken[0], 4096)
        if requests in ready:
            try:
                handle = recv_handle(requests)
            except (EOFError, OSError):
                break
            worker = os.fork()
            if worker == 0:
                _forget_server(requests, woken)
                serve(Connection(handle), server)
                has_served.set()
                return
            os.close(handle)
            requests.send((worker, None))
        _report_ended(requests)
    os._exit(0)  # the workers end when they find their parent gone


def _wake_when_children_end() -> tuple[int, int]:
    """Write into a pipe whenever a child process ends.

    Returns:
        The two ends of the pipe.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # without a handler no byte is written
    signal.set_wakeup_fd(writer)
    return reader, writer


def _forget_server(requests: Connection, woken: tuple[int, int]) -> None:
    """Undo in a worker what only the server needs."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    requests.close()
    for end in woken:
        os.close(end)


def _skip_clean_up(has_served: Event) -> None:
    """End a worker that has served before Python takes its modules apart.

    Taking them apart writes to each object, and so copies the memory that the worker shares, which takes 0.2 s.
    `multiprocessing` ends processes that it forks in the same manner.
    """
    if has_served.is_set():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _report_ended(requests: Connection) -> None:
    """Send the exit status of each worker that has ended."""
    while True:
        try:
            worker, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if worker == 0:
            return
        requests.send((worker, os.waitstatus_to_exitcode(status)))
