"""Open a file of signals by its suffix."""

from collections.abc import Callable, Mapping
from pathlib import Path

from mpcl_core.plugin import DataError, csv_header
from mpcl_plugins.sources.formats.csv_file import CsvFile
from mpcl_plugins.sources.formats.e4_file import E4File
from mpcl_plugins.sources.formats.edf_file import EdfFile
from mpcl_plugins.sources.formats.npz_file import NpzFile
from mpcl_plugins.sources.formats.openface_file import MARKS, OpenFaceFile
from mpcl_plugins.sources.formats.signal_file import SignalFile
from mpcl_plugins.sources.formats.xdf_file import XdfFile


def open_file(path: Path) -> SignalFile:
    """Return the file, opened by its suffix; a table that OpenFace wrote is recognised by its header.

    Args:
        path: the file.

    Returns:
        A reader of stretches.

    Raises:
        DataError: the file is missing, of no known kind, or damaged.
        PluginError: the library that reads it is not installed.
    """
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise DataError(f"no known kind of file. Known: {', '.join(KINDS)}", path)
    if not path.is_file():
        raise DataError("no such file", path)
    return kind(path)


def _table(path: Path) -> SignalFile:
    return OpenFaceFile(path) if set(MARKS) <= set(csv_header(path)) else CsvFile(path)


KINDS: Mapping[str, Callable[[Path], SignalFile]] = {
    ".csv": _table,
    ".tsv": _table,
    ".npz": NpzFile,
    ".edf": EdfFile,
    ".bdf": EdfFile,
    ".xdf": XdfFile,
    ".zip": E4File,
}
"""Suffix -> what opens such a file."""
