"""Describe which recordings of a manifest lack files or scores."""

from collections.abc import Sequence

from mpcl_plugins.sources._folder.manifest import ManifestEntry

_N_EXAMPLES = 5


def describe_missing_files(entries: Sequence[ManifestEntry], column: str) -> str:
    """Return which recordings lack a file, and which of them name one that does not exist.

    Args:
        entries: rows of the manifest.
        column: the column of the files.

    Returns:
        A sentence; '' where every recording has its file.
    """
    absent = [entry for entry in entries if column not in entry.existing]
    lost = [entry for entry in absent if column in entry.files]
    if not absent:
        return ""
    note = f"No file in '{column}' for {len(absent)} of {len(entries)} recordings"
    empty = [_label(entry) for entry in absent if column not in entry.files]
    note += f": {_list_some(empty)}" if empty else ""
    if lost:
        named = _list_some([f"{_label(entry)} ({entry.files[column].name})" for entry in lost])
        note += f"{';' if empty else ','} {len(lost)} of which name a missing file: {named}"
    return f"{note}."


def describe_lost_subjects(entries: Sequence[ManifestEntry], used: Sequence[ManifestEntry]) -> str:
    """Return which subjects have no recording that is used.

    Args:
        entries: all rows of the manifest.
        used: those that have the scores they need, and a file.

    Returns:
        A sentence; '' where every subject has one.
    """
    with_files = {entry.subject for entry in used if entry.existing}
    lost = list(dict.fromkeys(entry.subject for entry in entries if entry.subject not in with_files))
    if not lost:
        return ""
    count = f"{len(lost)} subject{'s' * (len(lost) > 1)}"
    return f"{count} without any recording that has both scores and a file: {_list_some(lost)}."


def _label(entry: ManifestEntry) -> str:
    return f"{entry.subject}/{entry.trial}"


def _list_some(items: Sequence[str]) -> str:
    more = f" and {len(items) - _N_EXAMPLES} more" if len(items) > _N_EXAMPLES else ""
    return ", ".join(items[:_N_EXAMPLES]) + more
