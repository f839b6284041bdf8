"""Connect to a dask cluster, and place the windows of a study on it."""

import time
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.jobs.worker_pool import Death, Ended

if TYPE_CHECKING:
    from distributed import Client, Future

SCHEDULER_TIMEOUT = 10.0
"""Seconds to wait for the scheduler's answer."""


def connect(address: str) -> "Client":
    """Connect to a scheduler, and check that its workers can run jobs.

    Args:
        address: of the scheduler, such as ``tcp://host:8786``.

    Returns:
        A client, to be closed by the caller.

    Raises:
        UsageError: dask is not installed, no scheduler answers, it has no workers, or they have several threads.
    """
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("--dask needs the package distributed: pip install 'mpcl[cluster]'") from None
    try:
        client = Client(address, timeout=SCHEDULER_TIMEOUT, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise UsageError(f"no dask scheduler answers at {address}: {error}") from None
    workers = client.scheduler_info(n_workers=-1)["workers"]
    if not workers:
        raise UsageError(f"the dask scheduler at {address} has no workers")
    if many := [name for name, worker in workers.items() if worker["nthreads"] > 1]:
        raise UsageError(f"a job needs a process of its own: start the workers with --nthreads 1 ({many[0]} has more)")
    return client


def share_windows(client: "Client", windows: WindowSet) -> "Future[WindowSet]":
    """Place windows on the cluster so that they survive the loss of a worker.

    They are the result of a call, which dask repeats where the worker that holds the result is lost. Scattered data
    has no such call: dask holds one copy, which is lost with its worker.

    Args:
        client: of the cluster.
        windows: the windows of a study.

    Returns:
        What stands for the windows in the arguments of calls.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sending large graph")  # it is sent once
        future: Future[WindowSet] = client.submit(_identity, windows, key=f"mpcl-windows-{uuid4().hex}")
    return future


def _identity(windows: WindowSet) -> WindowSet:
    return windows


class DaskPool:
    """Run calls on the workers of a cluster; has the interface of `WorkerPool`.

    Args:
        client: of the cluster.
    """

    def __init__(self, client: "Client") -> None:
        self.client = client
        self._running: dict[Future[Any], tuple[Any, float]] = {}

    def __enter__(self) -> "DaskPool":
        return self

    def __exit__(self, *_: object) -> None:
        self.client.cancel(list(self._running))  # type: ignore[no-untyped-call]

    @property
    def has_room(self) -> bool:
        """Return True: the scheduler holds calls back for which no worker is free."""
        return True

    @property
    def is_busy(self) -> bool:
        """Return whether a call is running or waiting."""
        return bool(self._running)

    def start(self, key: Any, function: Callable[..., Any], *arguments: Any, limit: float | None = None) -> None:
        """Start a call.

        Args:
            key: stands for the call in what `wait` returns.
            function, arguments: the call; picklable, or results on the cluster.
            limit: not kept on a cluster.
        """
        future = self.client.submit(function, *arguments, pure=False)
        self._running[future] = key, time.monotonic()

    def wait(self) -> list[Ended]:
        """Wait until a call has ended.

        Returns:
            The calls that have ended; one that ended several workers has died.

        Raises:
            Exception: whatever a call raised, or the cluster.
        """
        from distributed import KilledWorker, wait

        ended = []
        with self.client.as_current():
            found = wait(list(self._running), return_when="FIRST_COMPLETED")  # type: ignore[no-untyped-call]
        for future in found.done:
            key, begun = self._running.pop(future)
            try:
                ended.append(Ended(key, future.result()))
            except KilledWorker:
                death = Death("it ended several workers of the cluster", time.monotonic() - begun, is_certain=True)
                ended.append(Ended(key, death=death))
        return ended
