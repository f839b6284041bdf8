"""Write a job's journal, ``metrics.jsonl``: a line for each epoch, and one for the test."""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

INTERVAL = 0.25
"""Seconds between two writes: epochs may last milliseconds, and opening a file takes as long."""


class Journal:
    """Collect lines and write several at a time.

    Lines that a killed job had not written belong to epochs that are trained again when the job is resumed.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._waiting: list[str] = []
        self._last = time.monotonic()

    def begin(self, size: int = 0) -> None:
        """Remove all but the first bytes of the file, so that lines are added after them.

        Args:
            size: the number of bytes that stay.
        """
        if self.path.exists():
            os.truncate(self.path, size)

    def line(self, values: Mapping[str, object]) -> None:
        """Add a line.

        Args:
            values: what it holds, as JSON.
        """
        self._waiting.append(json.dumps(values) + "\n")
        if time.monotonic() - self._last >= INTERVAL:
            self.write()

    def write(self) -> None:
        """Write the lines that were added since the last write."""
        if self._waiting:
            with self.path.open("a", encoding="utf-8") as file:
                file.write("".join(self._waiting))
        self._waiting, self._last = [], time.monotonic()

    @property
    def size(self) -> int:
        """Return the number of bytes written; 0 without a file."""
        return self.path.stat().st_size if self.path.exists() else 0
