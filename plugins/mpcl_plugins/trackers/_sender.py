"""Call functions in order in a thread, so that the caller never waits long for a network."""

import logging
import math
import queue
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

log = logging.getLogger("mpcl.tracker")

PATIENCE = 4.0
"""Seconds that one call may last while the sender is waited for."""


class _Call(NamedTuple):
    function: Callable[[], object]
    patience: float


class Sender:
    """Call what is sent, in order, in a thread.

    The thread starts with the first call. After an error nothing more is called.

    Args:
        who: the name of the receiver, for the warning about an error.
        on_failure: called once, with the first error or when the receiver does not answer.
    """

    def __init__(self, who: str, on_failure: Callable[[], object] = lambda: None) -> None:
        self.who = who
        self._on_failure = on_failure
        self._waiting: queue.Queue[_Call] = queue.Queue()
        self._thread = threading.Thread(target=self._work, name=who, daemon=True)
        self._gone = False
        self._began, self._patience = math.inf, PATIENCE

    def send(self, call: Callable[[], object], patience: float = PATIENCE) -> None:
        """Add a call to the queue and return at once.

        Args:
            call: a function without arguments.
            patience: seconds that it may last while the sender is waited for.
        """
        if self._gone:
            return
        if not self._thread.is_alive():
            self._thread.start()
        self._waiting.put(_Call(call, patience))

    def wait(self, seconds: float) -> None:
        """Wait until all queued calls are done; give up sending where that, or one of them, lasts too long.

        Args:
            seconds: the longest wait.
        """
        done, start = threading.Event(), time.monotonic()
        self.send(done.set)
        while not self._gone and not done.wait(0.05):
            now = time.monotonic()
            if now - self._began > self._patience:
                self.give_up(f"did not answer for {self._patience:g} s")
            elif now - start > seconds:
                self.give_up(f"has not taken everything within {seconds:g} s")

    def give_up(self, reason: str = "") -> None:
        """Call nothing more.

        Args:
            reason: the reason, for a warning; without one nothing is logged or called.
        """
        if not self._gone:
            self._gone = True
            if reason:
                log.warning("%s: %s. Nothing more is sent to it from this process.", self.who, reason)
                self._on_failure()

    def _work(self) -> None:
        while not self._gone:
            call, self._patience = self._waiting.get()
            self._began = time.monotonic()
            try:
                call()
            except Exception as error:
                self.give_up(f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")
            self._began = math.inf
