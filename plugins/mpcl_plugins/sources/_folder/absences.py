"""Describe which recordings of a manifest lack files or scores."""

from collections.abc import Sequence

from mpcl_plugins.sources._folder.manifest import ManifestEntry

_N_EXAMPLES = 5


def describe_missing_files(entries: Sequence[ManifestEntry], column: str) -> str:
    """Return which recordings lack a file.

    Args:
        entries: rows of the manifest.
        column: the column of the files.

    Returns:
        A sentence; '' where every recording has its file.
    """
    absent = [_label(entry) for entry in entries if column not in entry.files]
    count = f"{len(absent)} of {len(entries)} recordings"
    return f"No file in '{column}' for {count}: {_list_some(absent)}." if absent else ""


def describe_lost_subjects(entries: Sequence[ManifestEntry], used: Sequence[ManifestEntry]) -> str:
    """Return which subjects have no recording that is used.

    Args:
        entries: all rows of the manifest.
        used: those that have the scores they need, and a file.

    Returns:
        A sentence; '' where every subject has one.
    """
    with_files = {entry.subject for entry in used if entry.files}
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
