"""How a process ends: one that computes with torch, and one that another began to run jobs."""

import atexit
import gc
import os
import threading
import time
from functools import cache

EVERY = 0.1
"""Seconds between two looks at who began this process."""


@cache
def end_quickly() -> None:
    """Or the process looks, at its end, for garbage among all that torch has made: .6 s."""
    atexit.register(gc.freeze)


@cache
def end_with(parent: int) -> None:
    """Have this process end when the one that began it is gone: another may go on with the run."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(EVERY)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
