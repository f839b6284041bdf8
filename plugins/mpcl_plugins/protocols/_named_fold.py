"""Describe a fold by the names of its windows, as split files state it."""

from dataclasses import dataclass
from typing import NamedTuple

SIDES = ("train", "validation", "test", "unrated", "unused")
"""The sides that a split file may name; ``unused`` windows are on none."""


class SplitEntry(NamedTuple):
    """Hold the side that a split file states for some windows.

    Args:
        subject: the subject.
        trial: the trial; None for all of the subject.
        windows: the first and the last window; None for all.
        side: ``train``, ``validation``, ``test``, ``unrated`` or ``unused``.
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
    """Hold a fold by the names of its windows.

    Args:
        label: the name of the fold.
        by_row: whether windows are numbered within the study rather than within their recording.
        entries: its entries, in the order of the file.
    """

    label: str
    by_row: bool
    entries: tuple[SplitEntry, ...]
