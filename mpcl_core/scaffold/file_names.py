"""What the names of files and folders say of a recording: guesses, for a person to correct.

``sub-01_ses-02_task-film_run-1_eeg.edf`` (BIDS) is trial ``task-film_run-1`` of subject ``sub-01`` in session
``ses-02``, and stands in column ``eeg``. Where no name is like that, the first folder is the subject, further ones are
the session, and the file is the trial; without folders, what stands before the first ``_`` is the subject.
"""

import re
from dataclasses import dataclass
from pathlib import Path

TRIAL = ("task", "run", "trial")
NO_SIGNALS = ("events", "channels", "electrodes", "coordsystem", "scans", "sessions")
"""Tables that stand beside signals and have a subject in their name too."""

_ENTITY = re.compile(r"([a-z]+)-[A-Za-z0-9]+\Z")


@dataclass(frozen=True)
class Cell:
    """Where a file stands in the manifest: subject, session and trial name the row."""

    subject: str
    session: str
    trial: str
    column: str


def is_bids(file: Path) -> bool:
    """Whether the name states a subject, and is not that of a table about signals."""
    return "sub" in _entities(file) and _suffix(file) not in NO_SIGNALS


def cell(file: Path, folder: Path, kind: str) -> Cell:
    """Where a file belongs.

    Args:
        file: the file.
        folder: what it was found in or below.
        kind: the column, where its name does not tell.
    """
    if is_bids(file):
        said = _entities(file)
        column = said.get("recording", "").removeprefix("recording-") or _suffix(file) or kind
        trial = "_".join(said[name] for name in TRIAL if name in said)
        return Cell(said["sub"], said.get("ses", ""), trial or "1", column)
    above = file.relative_to(folder).parts[:-1]
    if above:
        return Cell(above[0], "-".join(above[1:]), file.stem, kind)
    subject, _, trial = file.stem.partition("_")
    return Cell(subject, "", trial or "1", kind) if subject else Cell(file.stem, "", "1", kind)


def _entities(file: Path) -> dict[str, str]:
    """``sub`` -> ``sub-01`` and so on."""
    return {found[1]: part for part in file.stem.split("_") if (found := _ENTITY.match(part))}


def _suffix(file: Path) -> str:
    last = file.stem.split("_")[-1]
    return "" if _ENTITY.match(last) else last
