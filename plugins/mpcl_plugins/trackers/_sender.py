"""Does things in the order given, in a thread, so that who asks for them never waits for a network."""

import logging
import queue
import threading
import time
from collections.abc import Callable

log = logging.getLogger("mpcl.tracker")


class Sender:
    """A queue and a thread that starts with the first thing to do. After something failed nothing more is done.

    Args:
        who: what is said to have failed.
    """

    def __init__(self, who: str) -> None:
        self.who = who
        self._waiting: queue.Queue[Callable[[], object]] = queue.Queue()
        self._thread = threading.Thread(target=self._work, name=who, daemon=True)
        self._gone = False

    def send(self, call: Callable[[], object]) -> None:
        """Have it done, soon."""
        if self._gone:
            return
        if not self._thread.is_alive():
            self._thread.start()
        self._waiting.put(call)

    def wait(self, seconds: float) -> None:
        """Until everything was done, but no longer than this; after that nothing more is sent."""
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
