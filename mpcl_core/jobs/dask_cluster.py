"""Run calls on the workers of a dask cluster, whose workers may come and go.

The cluster holds no data: windows lie in a file of the run folder, from which each worker maps them once. So the loss
of a worker costs the calls that it was running, which the scheduler gives to other workers.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.jobs.worker_pool import Death, Ended

if TYPE_CHECKING:
    from distributed import Client, Future

SCHEDULER_TIMEOUT = 10.0
"""Seconds to wait for the scheduler's answer."""


def connect(address: str) -> "Client":
    """Connect to a scheduler, which need not have workers yet, as that of an adaptive cluster.

    Args:
        address: of the scheduler, such as ``tcp://host:8786``.

    Returns:
        A client, to be closed by the caller.

    Raises:
        UsageError: dask is not installed, or no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("--dask needs the package distributed: pip install 'mpcl[cluster]'") from None
    try:
        return Client(address, timeout=SCHEDULER_TIMEOUT, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise UsageError(f"no dask scheduler answers at {address}: {error}") from None


def _call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a worker.

    Returns:
        What it returned.

    Raises:
        UsageError: the worker has several threads, but a job needs a process of its own.
    """
    from distributed import get_worker

    worker = get_worker()
    if worker.state.nthreads > 1:
        raise UsageError(
            f"a job needs a process of its own: start the workers with --nthreads 1 ({worker.address} has more)"
        )
    return function(*arguments)


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
            function, arguments: the call; picklable.
            limit: not kept on a cluster.
        """
        future = self.client.submit(_call, function, *arguments, pure=False)
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
                death = Death("it ended several workers of the cluster", time.monotonic() - begun)
                ended.append(Ended(key, death=death))
        return ended
