"""Open a file of signals by its suffix."""

from collections.abc import Callable, Mapping
from pathlib import Path

from mpcl_core.plugin import DataError
from mpcl_plugins.sources.formats.avro_file import AvroFile
from mpcl_plugins.sources.formats.bids import PHYSIOLOGY, PhysioFile
from mpcl_plugins.sources.formats.csv_file import CsvFile
from mpcl_plugins.sources.formats.device_tables import find_device, is_device_text
from mpcl_plugins.sources.formats.e4_file import E4File, is_e4_folder, is_e4_table
from mpcl_plugins.sources.formats.edf_file import EdfFile
from mpcl_plugins.sources.formats.mne_file import SUFFIXES, MneFile, is_companion, list_companions
from mpcl_plugins.sources.formats.npz_file import NpzFile
from mpcl_plugins.sources.formats.openface_file import MARKS, OpenFaceFile
from mpcl_plugins.sources.formats.parquet_file import ParquetFile
from mpcl_plugins.sources.formats.signal_file import SignalFile
from mpcl_plugins.sources.formats.table_dialect import read_dialect
from mpcl_plugins.sources.formats.wfdb_file import WfdbFile, list_record
from mpcl_plugins.sources.formats.xdf_file import XdfFile


def open_file(path: Path) -> SignalFile:
    """Return the file, opened by its suffix; a table that OpenFace wrote is recognised by its header.

    Args:
        path: the file, or the folder of an E4 recording.

    Returns:
        A reader of stretches.

    Raises:
        DataError: the file is missing, of no known kind, or damaged.
        PluginError: the library that reads it is not installed.
    """
    if path.is_dir():
        if is_e4_folder(path):
            return E4File(path)
        raise DataError("no known kind of folder; folders that can be read hold the tables of an Empatica E4", path)
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise DataError(f"no known kind of file. Known: {', '.join(KINDS)}", path)
    if not path.is_file():
        raise DataError("no such file", path)
    return kind(path)


def find_files(folder: Path) -> list[Path]:
    """Return the files of known kinds in a folder and its folders, and the folders that are one recording.

    Args:
        folder: the folder that is searched.

    Returns:
        The paths in order, without hidden ones and without the tables inside a recording that is a folder, which may be
        the folder itself.
    """
    if is_e4_folder(folder):
        return [folder]
    visible = [
        path
        for path in sorted(folder.rglob("*"))
        if not any(part.startswith((".", "__MACOSX")) for part in path.relative_to(folder).parts)
    ]
    recordings = {path for path in visible if is_e4_folder(path)}
    return [
        path
        for path in visible
        if path in recordings or (_is_recording(path) and not recordings.intersection(path.parents))
    ]


def _is_recording(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix not in KINDS or not path.is_file() or is_companion(path):
        return False
    return path.name.endswith(PHYSIOLOGY) if suffix == ".gz" else suffix != ".txt" or is_device_text(path)


def list_contents(path: Path) -> list[Path]:
    """Return the files of a recording: those that are read together, or the tables in a folder.

    Args:
        path: the file or folder.

    Returns:
        The files in order.
    """
    if path.is_dir():
        return sorted(path.glob("*.csv"))
    if path.suffix.lower() == ".hea":
        return list_record(path)
    return list_companions(path) if path.suffix.lower() in SUFFIXES else [path]


def _table(path: Path) -> SignalFile:
    if is_e4_table(path):
        raise DataError("a table of an Empatica E4; state its folder instead, with the part, as in 'part: BVP'", path)
    header = read_dialect(path).header
    device = find_device(path, header)
    return device(path) if device else OpenFaceFile(path) if set(MARKS) <= set(header) else CsvFile(path)


def _text(path: Path) -> SignalFile:
    if not is_device_text(path):
        raise DataError("a .txt file is read only where OpenBCI's GUI or Polar Sensor Logger wrote it", path)
    return _table(path)


KINDS: Mapping[str, Callable[[Path], SignalFile]] = {
    ".csv": _table,
    ".tsv": _table,
    ".txt": _text,
    ".gz": PhysioFile,
    ".hea": WfdbFile,
    ".npz": NpzFile,
    ".edf": EdfFile,
    ".bdf": EdfFile,
    ".xdf": XdfFile,
    ".zip": E4File,
    ".parquet": ParquetFile,
    ".avro": AvroFile,
    **dict.fromkeys(SUFFIXES, MneFile),
}
"""Suffix -> what opens such a file."""
