"""A fold by the names of its rows, as split files state it."""

from dataclasses import dataclass
from typing import NamedTuple

SIDES = ("train", "validation", "test", "unused")
"""The sides that a split file may name; ``unused`` rows are on none."""


class Entry(NamedTuple):
    """What a split file says of some rows.

    Args:
        subject: whose.
        trial: of which trial; None for all.
        windows: the first and the last; None for all.
        side: where they belong.
    """

    subject: str
    trial: str | None
    windows: tuple[int, int] | None
    side: str

    def __str__(self) -> str:
        trial = "" if self.trial is None else f", trial '{self.trial}'"
        if self.windows is None:
            return f"subject '{self.subject}'{trial}"
        first, last = self.windows
        return f"subject '{self.subject}'{trial}, window {first if first == last else f'{first}-{last}'}"


@dataclass(frozen=True)
class NamedFold:
    """A fold by the names of its rows.

    Args:
        label: what it is called.
        by_row: its windows are numbers of rows in the study, not in the recording.
        entries: what it says, in the file's order.
    """

    label: str
    by_row: bool
    entries: tuple[Entry, ...]
