"""Make calls in a copy of this process first, so that code which ends its process is named and ends nothing else."""

import contextlib
import faulthandler
import os
import select
import signal
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from mpcl_core.jobs.worker_pool import describe_death

SECONDS = 300.0
"""The time that a call may take: a large network is built in seconds, a download of weights may take minutes."""

_BEGUN, _SURVIVED = b".", b"!"


class FailedCall(NamedTuple):
    """Hold a call that ended its process, or did not return.

    Args:
        name: the name of the call.
        cause: how the process ended; how long the call took where it did not return.
        returns: False where it did not return.
    """

    name: str
    cause: str
    returns: bool = True


def find_deadly_call(calls: Mapping[str, Callable[[], object]]) -> FailedCall | None:
    """Make calls in a copy of this process, and find one that ends it, such as by ``os._exit``, or hangs.

    What the calls print is dropped. Where a process cannot be copied safely (not Linux), nothing is called.

    Args:
        calls: name -> the call. One that raises an exception ends nothing.

    Returns:
        The call; None where all returned or raised.
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
    is_late = True
    try:
        written, is_late = _read_progress(readable)
    finally:
        os.close(readable)
        if is_late:  # or the user interrupted
            os.kill(process, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    if written.endswith(_SURVIVED):
        return None
    name = list(calls)[len(written) - 1]
    if is_late:
        return FailedCall(name, f"it did not return within {SECONDS:g} s", returns=False)
    return FailedCall(name, describe_death(status))


def _read_progress(readable: int) -> tuple[bytes, bool]:
    """Read what the copy writes before each call, until it ends or is late.

    Returns:
        A byte for each call that was begun, and another where all returned; whether a call took longer than it may.
    """
    written = b""
    while not written.endswith(_SURVIVED):
        if not select.select([readable], [], [], SECONDS)[0]:
            return written, True
        if not (read := os.read(readable, 4096)):
            return written, False
        written += read
    return written, False


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
