"""A job's journal, ``metrics.jsonl``: a line for each epoch, and one for the test."""

import json
import time
from collections.abc import Mapping
from pathlib import Path

EVERY = 0.25
"""Seconds between two times that lines are written; epochs may last milliseconds, and opening a file does too."""


class Journal:
    """Lines that are written a few at a time. Those that a killed job had not written are of epochs that it does again.

    Args:
        path: their file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._waiting: list[str] = []
        self._last = time.monotonic()

    def begin(self, size: int = 0) -> None:
        """Go on behind the first ``size`` bytes of what is there."""
        with self.path.open("ab") as file:
            file.truncate(size)

    def line(self, values: Mapping[str, object]) -> None:
        """Add one."""
        self._waiting.append(json.dumps(values) + "\n")
        if time.monotonic() - self._last >= EVERY:
            self.write()

    def write(self) -> None:
        """Write what waits."""
        if self._waiting:
            with self.path.open("a") as file:
                file.write("".join(self._waiting))
        self._waiting, self._last = [], time.monotonic()

    @property
    def size(self) -> int:
        """How many bytes are written."""
        return self.path.stat().st_size if self.path.exists() else 0
