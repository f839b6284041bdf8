"""Spare processes garbage collection, and end the workers of a run with its main process.

The reasons stand in ``docs/concepts/unusual.md``, "How processes end".
"""

import atexit
import gc
import os
import sys
import threading
import time
from functools import cache

EVERY = 0.1
"""Seconds between two checks whether the parent process is still there."""


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
