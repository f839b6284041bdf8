"""Save a job's training state while it runs, so that a killed job continues from its last saved epoch."""

import io
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch

from mpcl_core.runs.atomic_files import write_atomically
from mpcl_core.runs.journal import Journal


class ForeignStateError(Exception):
    """Report that a saved state is not that of this training."""


@contextmanager
def loading_state() -> Iterator[None]:
    """Turn whatever loading a foreign state raises into one error.

    Yields:
        Nothing.

    Raises:
        ForeignStateError: the state lacks a part, or a part has another type or shape.
    """
    try:
        yield
    except (LookupError, TypeError, ValueError, RuntimeError, AttributeError, OverflowError) as error:
        raise ForeignStateError(str(error)) from error


EVERY = 3.0
"""Seconds between two saved states; a job that takes less time is simply run again."""

DIGEST = 32
"""Bytes of the SHA-256 that stands before the state."""

log = logging.getLogger("mpcl.job")


class Checkpoint:
    """Save and load the training state of one job, in step with the job's journal.

    Args:
        path: the file, always replaced as a whole.
        journal: the job's journal; on loading it is cut to its length at the time of saving.
    """

    def __init__(self, path: Path, journal: Journal) -> None:
        self.path, self.journal = path, journal
        self._saved_at = time.monotonic()

    def load(self) -> Mapping[str, Any] | None:
        """Load the state that was saved last, and cut the journal to its length at that time.

        Without a state the journal is emptied.

        Returns:
            The state, or None where there is none or it is damaged.
        """
        saved = self._read()
        self.journal.begin(saved["journal"] if saved else 0)
        return dict(saved["state"]) if saved else None

    def _read(self) -> dict[str, Any] | None:
        if not self.path.is_file():
            return None
        content = self.path.read_bytes()
        if sha256(content[DIGEST:]).digest() == content[:DIGEST]:
            saved = _parse(content[DIGEST:])
            if saved is not None and self.journal.size >= saved["journal"]:
                return saved
        log.warning("%s or the journal is damaged; the job starts from the beginning", self.path)
        return None

    def discard(self) -> None:
        """Remove the saved state and the journal, because the state is not that of this training."""
        log.warning("%s is of another training; the job starts from the beginning", self.path)
        self.remove()
        self.journal.begin()

    def save_if_due(self, state: Callable[[], Mapping[str, Any]]) -> None:
        """Save the state, unless one was saved less than `EVERY` seconds ago.

        Args:
            state: returns the state; called only where it is saved.
        """
        if time.monotonic() - self._saved_at < EVERY:
            return
        self.journal.write()
        content = io.BytesIO()
        torch.save({"journal": self.journal.size, "state": dict(state())}, content)
        self.path.parent.mkdir(exist_ok=True)
        write_atomically(self.path, sha256(content.getbuffer()).digest() + content.getvalue())
        self._saved_at = time.monotonic()

    def remove(self) -> None:
        """Remove the saved state once the job has ended."""
        self.path.unlink(missing_ok=True)
        if self.path.parent.is_dir() and not any(self.path.parent.iterdir()):
            self.path.parent.rmdir()


def _parse(content: bytes) -> dict[str, Any] | None:
    """Parse the content of a checkpoint; nothing in it is executed.

    Returns:
        The length of the journal and the state; None where it holds anything else.
    """
    try:
        saved = torch.load(io.BytesIO(content), weights_only=True, map_location="cpu")
    except Exception:  # torch does not document what it raises for other files
        return None
    if not isinstance(saved, dict) or not isinstance(saved.get("state"), dict):
        return None
    return saved if isinstance(saved.get("journal"), int) and saved["journal"] >= 0 else None
