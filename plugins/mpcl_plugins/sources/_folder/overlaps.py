"""Find rows of a manifest that cut the same seconds out of one file."""

from collections.abc import Iterator, Sequence
from math import inf
from os.path import normpath
from pathlib import Path
from typing import NamedTuple

from mpcl_core.plugin import RecordingOverlap
from mpcl_plugins.sources._folder.manifest import ManifestEntry

_TOLERANCE = 1e-3
"""Seconds that two rows may share: times that touch may have been rounded to milliseconds."""
_N_EXAMPLES = 3


class RowOverlap(NamedTuple):
    """Hold two rows that share time of a file.

    Args:
        first, second: the rows; the first begins earlier.
        file: the file that both cut.
        seconds: how long the shared time is; infinite where both rows run to the end of the file.
    """

    first: ManifestEntry
    second: ManifestEntry
    file: Path
    seconds: float

    def recordings(self) -> RecordingOverlap:
        """Return the two recordings, as the engine compares them.

        Returns:
            Their names, and the time from the start of the first to that of the second.
        """
        first, second = self.first, self.second
        offset = second.stretch.start - first.stretch.start
        return RecordingOverlap((first.subject, first.trial), (second.subject, second.trial), offset)


def find_overlaps(entries: Sequence[ManifestEntry]) -> list[RowOverlap]:
    """Return the pairs of rows that cut the same time out of the same file.

    Args:
        entries: rows of the manifest.

    Returns:
        The pairs, each once, by the rows' starts.
    """
    by_file: dict[tuple[str, str], list[ManifestEntry]] = {}
    for entry in entries:
        for column in sorted(entry.files):
            by_file.setdefault((column, normpath(entry.files[column])), []).append(entry)
    found: dict[tuple[int, int], RowOverlap] = {}
    for (_, file), rows in by_file.items():
        for overlap in _in_one_file(rows, Path(file)):
            found.setdefault((overlap.first.line, overlap.second.line), overlap)
    return list(found.values())


def overlap_note(overlaps: Sequence[RowOverlap]) -> str:
    """Return a note on rows that overlap, or an empty text where there are none.

    Args:
        overlaps: the pairs of rows.

    Returns:
        One sentence with the rows' lines, the file and the shared time, or ''.
    """
    if not overlaps:
        return ""
    shown = "; ".join(map(_describe, overlaps[:_N_EXAMPLES])) + (" …" if overlaps[_N_EXAMPLES:] else "")
    count = f"{len(overlaps)} pair{'s' * (len(overlaps) > 1)} of rows cut the same time out of one file"
    return f"{count}: {shown}. Keep them on one side of a fold, or correct 'start' and 'stop'."


def _in_one_file(rows: Sequence[ManifestEntry], file: Path) -> Iterator[RowOverlap]:
    ordered = sorted(rows, key=lambda entry: entry.stretch.start)
    for number, first in enumerate(ordered):
        for second in ordered[number + 1 :]:
            if second.stretch.start > first.stretch.stop - _TOLERANCE:
                break
            seconds = min(first.stretch.stop, second.stretch.stop) - second.stretch.start
            if seconds > _TOLERANCE:
                yield RowOverlap(first, second, file, seconds)


def _describe(overlap: RowOverlap) -> str:
    start = overlap.second.stretch.start
    everything = f"everything after {start:g} s" if start else "the whole"
    shared = everything if overlap.seconds == inf else f"{overlap.seconds:.6g} s"
    return f"lines {overlap.first.line} and {overlap.second.line} share {shared} of {overlap.file.name}"
