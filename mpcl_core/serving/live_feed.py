"""Hand live predictions on to every page that follows them."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Iterator
from threading import Thread
from typing import Any

from mpcl_core.interfaces.errors import UserError
from mpcl_core.model.stream.live_prediction import LivePrediction

HISTORY = 600
"""Events that a page receives when it begins to listen."""

_BACKLOG = 100  # events that wait for a slow page; older ones are left out
_HEARTBEAT = 15.0  # seconds

Event = dict[str, Any]


class LiveFeed:
    """Hold the last events and the queues of the pages that listen.

    Events are ``{"type": "prediction", …}``, ``{"type": "end"}`` and ``{"type": "error", "message": …}``.
    """

    def __init__(self) -> None:
        self.history: deque[Event] = deque(maxlen=HISTORY)
        self._queues: set[asyncio.Queue[Event | None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def n_listeners(self) -> int:
        """Return how many pages listen."""
        return len(self._queues)

    def start(self, predictions: Iterator[LivePrediction]) -> Thread:
        """Publish predictions from a thread of their own, in the event loop that is running.

        Args:
            predictions: waits for the signals.

        Returns:
            The thread.
        """
        self._loop = asyncio.get_running_loop()
        thread = Thread(target=self._publish_all, args=(predictions,), name="live", daemon=True)
        thread.start()
        return thread

    def publish(self, event: Event) -> None:
        """Send an event to every page; called in the event loop.

        Args:
            event: the event.
        """
        self.history.append(event)
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    def close(self) -> None:
        """End the connection to every page, so that the server can stop."""
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(None)

    async def listen(self) -> AsyncIterator[str]:
        """Yield the last events and those that come, in the format of server-sent events.

        Yields:
            Text; a comment where nothing has come for a while.
        """
        queue: asyncio.Queue[Event | None] = asyncio.Queue(_BACKLOG)
        history = list(self.history)
        self._queues.add(queue)
        try:
            yield "retry: 2000\n\n"
            for event in history:
                yield _as_text(event)
            while True:
                try:
                    async with asyncio.timeout(_HEARTBEAT):
                        came = await queue.get()
                except TimeoutError:
                    yield ": still here\n\n"
                else:
                    if came is None:
                        return
                    yield _as_text(came)
        finally:
            self._queues.discard(queue)

    def _publish_all(self, predictions: Iterator[LivePrediction]) -> None:
        try:
            for prediction in predictions:
                self._send({"type": "prediction", **prediction.as_json()})
            self._send({"type": "end"})
        except UserError as error:
            self._send({"type": "error", "message": str(error)})

    def _send(self, event: Event) -> None:
        assert self._loop is not None
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.publish, event)


def _as_text(event: Event) -> str:
    return f"data: {json.dumps(event)}\n\n"
