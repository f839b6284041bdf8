"""A job's training as it stands, kept while it runs, so that a job that is killed goes on from its last epoch."""

import io
import logging
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch

from mpcl_core.runs.atomic_files import write_whole
from mpcl_core.runs.journal import Journal

EVERY = 1.0
"""Seconds between two states; a job that takes less time is simply done again."""

DIGEST = 32
"""Bytes of the SHA-256 that stands before the state."""

log = logging.getLogger("mpcl.job")


class Checkpoint:
    """Where the state is kept.

    Args:
        path: its file, replaced at once.
        journal: the job's journal, which is cut to what it was when the state was kept.
    """

    def __init__(self, path: Path, journal: Journal) -> None:
        self.path, self.journal = path, journal
        self._last = time.monotonic()

    def load(self) -> Mapping[str, Any] | None:
        """The state that was kept last, or None; the journal is what it was then, empty where there is none."""
        kept = self._kept()
        self.journal.begin(kept["journal"] if kept else 0)
        return dict(kept["state"]) if kept else None

    def _kept(self) -> dict[str, Any] | None:
        """What the file holds; None where there is none, or it or the journal is damaged."""
        if not self.path.is_file():
            return None
        content = self.path.read_bytes()
        if sha256(content[DIGEST:]).digest() == content[:DIGEST]:
            kept: dict[str, Any] = torch.load(io.BytesIO(content[DIGEST:]), weights_only=True, map_location="cpu")
            if self.journal.size >= kept["journal"]:
                return kept
        log.warning("%s or the journal is damaged; the job begins anew", self.path)
        return None

    def keep(self, state: Callable[[], Mapping[str, Any]]) -> None:
        """Keep what ``state`` answers, unless that was done a moment ago."""
        if time.monotonic() - self._last < EVERY:
            return
        self.journal.write()
        content = io.BytesIO()
        torch.save({"journal": self.journal.size, "state": dict(state())}, content)
        self.path.parent.mkdir(exist_ok=True)
        write_whole(self.path, sha256(content.getbuffer()).digest() + content.getvalue())
        self._last = time.monotonic()

    def remove(self) -> None:
        """The job has ended: nothing of it is to be gone on with."""
        self.path.unlink(missing_ok=True)
