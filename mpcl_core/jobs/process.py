"""Spare processes garbage collection and page faults, and end the workers of a run with its main process.

The reasons stand in ``docs/concepts/unusual.md``, "How processes end".
"""

import atexit
import gc
import os
import sys
import threading
import time
from contextlib import suppress
from functools import cache

EVERY = 0.1
"""Seconds between two checks whether the parent process is still there."""

LARGEST_KEPT = 2**23
"""Bytes of the largest array whose memory is kept when it is freed; with 2**25, cohorts need more memory."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""The options of glibc's ``mallopt``."""


@cache
def skip_garbage_collection_at_exit() -> None:
    """Skip the garbage collection at exit, which takes 0.6 s with torch imported.

    It is not skipped once triton is imported, as the export to ONNX does with torch's build for CUDA: triton 3.9 prints
    pages about all of its types that are not collected.
    """
    atexit.register(lambda: None if "triton" in sys.modules else gc.freeze())


@cache
def collect_garbage_rarely() -> None:
    """Collect garbage after 50,000 new objects instead of 700, which imports reach again and again.

    Call it only in a process that belongs to the framework: the threshold is that of all code in the process.
    """
    gc.set_threshold(50_000)


@cache
def keep_freed_memory() -> None:
    """Let glibc keep freed memory for the next array instead of giving it back to the system.

    glibc raises both limits by itself once an array of that size is freed; until then each batch costs page faults.
    Call it only in a process that belongs to the framework. Other systems have no such limits.
    """
    if sys.platform != "linux":
        return
    import ctypes  # takes milliseconds, for which `--help` does not wait

    with suppress(AttributeError):  # musl has no mallopt
        library = ctypes.CDLL(None)
        library.mallopt(_MMAP_THRESHOLD, LARGEST_KEPT)
        library.mallopt(_TRIM_THRESHOLD, 2 * LARGEST_KEPT)


@cache
def exit_with_parent(parent: int) -> None:
    """Exit this process as soon as its parent is gone.

    Otherwise it would write into a run folder in which another process continues the run.

    Args:
        parent: the process id of the parent.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(EVERY)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
