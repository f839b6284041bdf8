"""Limit the time and the memory of a job."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mpcl_core.interfaces.errors import UsageError

ALLOCATION_ERRORS = ("can't allocate memory", "not enough memory", "std::bad_alloc", "Cannot allocate memory")
"""Texts of errors that are no `MemoryError`, although memory is what was missing."""

_limit: float | None = None
"""The limit of this process in MiB; None while there is none."""


@dataclass(frozen=True)
class JobLimits:
    """State what one job may take.

    Args:
        seconds: after so many seconds its process is ended; None for no limit.
        memory_mib: so much memory it may allocate beside what its process held before; None for no limit.
    """

    seconds: float | None = None
    memory_mib: float | None = None

    @property
    def is_set(self) -> bool:
        """Return whether there is any limit."""
        return self.seconds is not None or self.memory_mib is not None


NO_LIMITS = JobLimits()


def check_limits(limits: JobLimits, dask: str | None) -> None:
    """Raise an error where limits cannot be kept.

    Args:
        limits: the limits.
        dask: the address of a cluster that runs the jobs; None for this machine.

    Raises:
        UsageError: jobs run on a cluster, or the system cannot limit memory.
    """
    if limits.is_set and dask:
        raise UsageError("--job-timeout and --job-memory limit processes of this machine, so they exclude --dask")
    if limits.memory_mib is not None and sys.platform != "linux":
        raise UsageError("--job-memory needs Linux; this system cannot limit the memory of a process")


@contextmanager
def memory_limit(mib: float | None) -> Iterator[None]:
    """Limit the memory that this process allocates inside; more raises `MemoryError`.

    Args:
        mib: MiB beside what the process holds already; None for no limit.
    """
    if mib is None:
        yield
        return
    import resource

    global _limit
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = _allocated_bytes() + int(mib * 2**20)
    _limit = mib
    resource.setrlimit(resource.RLIMIT_DATA, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
    try:
        yield
    finally:
        _limit = None
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def allocation_error(error: BaseException) -> str:
    """Return what stands before the message of an error where the memory limit caused it.

    Args:
        error: any error of a job.

    Returns:
        The text; empty where there is no limit, or memory was not what was missing.
    """
    causes = [error, error.__cause__, error.__context__]
    is_memory = any(isinstance(each, MemoryError) or any(t in str(each) for t in ALLOCATION_ERRORS) for each in causes)
    if _limit is None or not is_memory:
        return ""
    return f"it needs more memory than --job-memory {_limit:g} (MiB) allows: "


def _allocated_bytes() -> int:
    """Return the memory of this process that counts against the limit: private memory that it can write.

    Returns:
        Bytes.
    """
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) * 2**10 for line in status.splitlines() if line.startswith("VmData"))
