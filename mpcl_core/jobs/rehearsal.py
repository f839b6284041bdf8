"""Make calls in a copy of this process first, so that code which ends its process is named and ends nothing else."""

import contextlib
import faulthandler
import os
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

from mpcl_core.jobs.worker_pool import describe_death

_BEGUN, _SURVIVED = b".", b"!"


def find_deadly_call(calls: Mapping[str, Callable[[], object]]) -> tuple[str, str] | None:
    """Make calls in a copy of this process, and find the one that ends it, such as by ``os._exit``.

    What the calls print is dropped. Where a process cannot be copied safely (not Linux), nothing is called.

    Args:
        calls: name -> the call. One that raises an exception ends nothing.

    Returns:
        The name of the call and how the process ended; None where none ended it.
    """
    if sys.platform != "linux":
        return None
    readable, writable = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads: the copy computes on one
        process = os.fork()
    if process == 0:
        os.close(readable)
        _call_all(calls, writable)
    os.close(writable)
    with os.fdopen(readable, "rb") as file:
        written = file.read()
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    return None if written.endswith(_SURVIVED) else (list(calls)[len(written) - 1], describe_death(status))


def _call_all(calls: Mapping[str, Callable[[], object]], writable: int) -> None:
    """Make the calls in the copy, write a byte before each and another at the end, and never return."""
    faulthandler.disable()
    silent = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  (until the process ends)
    sys.stdout = sys.stderr = silent
    for stream in (1, 2):
        os.dup2(silent.fileno(), stream)
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(1)
    for call in calls.values():
        os.write(writable, _BEGUN)
        with contextlib.suppress(BaseException):  # the caller meets the exception itself
            call()
    os.write(writable, _SURVIVED)
    os._exit(0)
