"""Guess subject, session and trial of a recording from the names of its file and folders.

``sub-01_ses-02_task-film_run-1_eeg.edf`` (BIDS) is trial ``task-film_run-1`` of subject ``sub-01`` in session
``ses-02``, and belongs to column ``eeg``. If no name has this form, the first folder is the subject, further folders
are the session, and the file is the trial; without folders, the part before the first ``_`` is the subject. The user
checks and corrects the guesses.
"""

import re
from dataclasses import dataclass
from pathlib import Path

TRIAL = ("task", "run", "trial")
NO_SIGNALS = ("events", "channels", "electrodes", "coordsystem", "scans", "sessions")
"""Tables about signals, whose names contain a subject too."""

_ENTITY = re.compile(r"([a-z]+)-[A-Za-z0-9]+\Z")


@dataclass(frozen=True)
class Cell:
    """Hold the place of a file in the manifest: subject, session and trial identify the row."""

    subject: str
    session: str
    trial: str
    column: str


def is_bids(file: Path) -> bool:
    """Return whether the name contains a subject and is not that of a table about signals.

    Args:
        file: the file.

    Returns:
        Whether it is a recording named after BIDS.
    """
    return "sub" in _parse_entities(file) and _suffix(file) not in NO_SIGNALS


def locate_file(file: Path, folder: Path, kind: str) -> Cell:
    """Locate a file in the manifest.

    Args:
        file: the file.
        folder: the folder that was searched.
        kind: the column, if the name does not contain it.

    Returns:
        Its row and column.
    """
    if is_bids(file):
        entities = _parse_entities(file)
        column = entities.get("recording", "").removeprefix("recording-") or _suffix(file) or kind
        trial = "_".join(entities[name] for name in TRIAL if name in entities)
        return Cell(entities["sub"], entities.get("ses", ""), trial or "1", column)
    parents = file.relative_to(folder).parts[:-1]
    if parents:
        return Cell(parents[0], "-".join(parents[1:]), file.stem, kind)
    subject, _, trial = file.stem.partition("_")
    return Cell(subject, "", trial or "1", kind) if subject else Cell(file.stem, "", "1", kind)


def _parse_entities(file: Path) -> dict[str, str]:
    """Parse the entities of a BIDS name.

    Args:
        file: the file.

    Returns:
        For example ``sub`` -> ``sub-01``.
    """
    return {found[1]: part for part in file.stem.split("_") if (found := _ENTITY.match(part))}


def _suffix(file: Path) -> str:
    last = file.stem.split("_")[-1]
    return "" if _ENTITY.match(last) else last
