"""Record the processes that died while they ran a job, so that a job that ends every process is given up.

The record is a file in the job's folder, which only the process that supervises the job writes. Without a death there
is no such file, and a job that ends by itself removes it.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from mpcl_core.runs.atomic_files import write_atomically
from mpcl_core.runs.layout import CHECKPOINT, DEATHS, TRAINING_STATE
from mpcl_core.toolkit.bounded_json import read_json_object

MOST_DEATHS = 2
"""Deaths at the same place after which a job is given up."""
DIGEST = 32
"""Bytes at the start of a saved training state that differ from state to state."""


@dataclass(frozen=True)
class Deaths:
    """Hold the deaths of the processes that ran a job.

    Args:
        count: how many died in a row without progress of the job.
        place: how far the job was; equal where it had not progressed.
        cause: how the last one ended, as a phrase.
    """

    count: int
    place: str
    cause: str

    @property
    def is_final(self) -> bool:
        """Return whether the job is given up."""
        return self.count >= MOST_DEATHS


def record_death(job: Path, cause: str) -> Deaths:
    """Record that the process that ran a job has died.

    Args:
        job: the job's folder.
        cause: how the process ended, as a phrase.

    Returns:
        All deaths of the job at this place.
    """
    before, place = read_deaths(job), _place(job)
    count = before.count + 1 if before and before.place == place else 1
    write_atomically(job / DEATHS, (json.dumps({"count": count, "place": place, "cause": cause}) + "\n").encode())
    return Deaths(count, place, cause)


def read_deaths(job: Path) -> Deaths | None:
    """Read the deaths of a job.

    Args:
        job: the job's folder.

    Returns:
        The deaths; None where no process died, or the file is damaged.
    """
    try:
        found = read_json_object(job / DEATHS)
        return Deaths(int(found["count"]), str(found["place"]), str(found["cause"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def forget_deaths(job: Path) -> None:
    """Remove the record of a job that has ended by itself.

    Args:
        job: the job's folder.
    """
    (job / DEATHS).unlink(missing_ok=True)


def _place(job: Path) -> str:
    """Return the identity of the training state from which the job would go on.

    Returns:
        A hash; ``start`` where there is no state.
    """
    try:
        with (job / CHECKPOINT / TRAINING_STATE).open("rb") as file:
            return file.read(DIGEST).hex()
    except OSError:
        return "start"
