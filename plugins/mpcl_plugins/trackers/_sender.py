"""Call functions in order in a thread, so that the caller never waits for a network."""

import logging
import queue
import threading
import time
from collections.abc import Callable

log = logging.getLogger("mpcl.tracker")


class Sender:
    """Call what is sent, in order, in a thread.

    The thread starts with the first call. After an error nothing more is called.

    Args:
        who: the name of the receiver, for the warning about an error.
    """

    def __init__(self, who: str) -> None:
        self.who = who
        self._waiting: queue.Queue[Callable[[], object]] = queue.Queue()
        self._thread = threading.Thread(target=self._work, name=who, daemon=True)
        self._gone = False

    def send(self, call: Callable[[], object]) -> None:
        """Add a call to the queue and return at once.

        Args:
            call: a function without arguments.
        """
        if self._gone:
            return
        if not self._thread.is_alive():
            self._thread.start()
        self._waiting.put(call)

    def wait(self, seconds: float) -> None:
        """Wait until all queued calls are done; on a timeout, give up sending.

        Args:
            seconds: the longest wait.
        """
        done, end = threading.Event(), time.monotonic() + seconds
        self.send(done.set)
        while not self._gone and not done.wait(0.05):
            if time.monotonic() > end:
                self._give_up(f"did not answer for {seconds:g} s")

    def _work(self) -> None:
        while not self._gone:
            call = self._waiting.get()
            try:
                call()
            except Exception as error:
                self._give_up(f"{type(error).__name__}: {error}")

    def _give_up(self, why: str) -> None:
        if not self._gone:
            self._gone = True
            log.warning("%s: %s. Nothing more is sent to it from this process.", self.who, why)
