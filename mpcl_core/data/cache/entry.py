"""Write an entry of the cache part by part, and read it by mapping its signals into memory."""

import hashlib
import io
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4
from zipfile import BadZipFile

import numpy as np

from mpcl_core.data.cache import checksummed_json, file_locks, location
from mpcl_core.data.cache.entry_metadata import read_metadata
from mpcl_core.data.cache.npy_files import DamagedFileError, NpyWriter, map_npy
from mpcl_core.data.prepare import join_parts
from mpcl_core.interfaces.data import WINDOW_COLUMNS, Modality, Valence, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.toolkit.archives import read_arrays
from mpcl_core.toolkit.regular_files import regular


class CacheError(Exception):
    """Report why windows cannot be stored in the cache or read from it."""


@contextmanager
def cache_errors() -> Iterator[None]:
    """Turn system errors of the cache's folder into cache errors, unlike errors of the data.

    Yields:
        Nothing.

    Raises:
        CacheError: a file of the cache cannot be read or written.
    """
    try:
        yield
    except OSError as error:
        raise CacheError(str(error)) from error


class EntryWriter:
    """Write a new entry; use it as a context, at whose end an entry that was not committed is removed.

    Args:
        entries: the folder of all entries.
        origin: the source as errors in the data name it.
    """

    def __init__(self, entries: Path, origin: str) -> None:
        self.folder, self.origin = entries / f".partial-{uuid4().hex}", origin
        self._open_files = ExitStack()
        self._writers: list[NpyWriter] = []
        self._columns: list[WindowSet] = []

    @cache_errors()
    def append(self, part: WindowSet) -> None:
        """Write the signals of some windows; their columns stay in memory until the end.

        Args:
            part: the next windows.

        Raises:
            CacheError: they cannot be written.
        """
        if not self._columns:
            self._begin(part)
        for writer, modality in zip(self._writers, part.modalities, strict=True):
            writer.append(part.X[modality.name])
        self._columns.append(replace(part, X={}))

    def _begin(self, part: WindowSet) -> None:
        self.folder.mkdir(parents=True)
        for number, modality in enumerate(part.modalities):
            file = self._open_files.enter_context((self.folder / f"X{number}.npy").open("xb"))
            file_locks.mark_in_use(file)
            self._writers.append(NpyWriter(file, part.X[modality.name].shape[1:]))

    @cache_errors()
    def commit(self, entry: Path, about: Mapping[str, Any], replace_damaged: bool) -> None:
        """Move the entry to its place, unless another process was first.

        Args:
            entry: the place.
            about: what ``about.json`` holds besides the description of the windows.
            replace_damaged: whether the place holds a damaged entry to replace.

        Raises:
            CacheError: it cannot be written.
            DataError: there are no windows, or a weight is invalid.
        """
        self._finish(about)
        if sys.platform == "win32":  # which moves no folder with an open file in it
            self._open_files.close()
        if replace_damaged:
            with suppress(FileNotFoundError):
                shutil.rmtree(file_locks.move_aside(entry), ignore_errors=True)
        try:
            self.folder.rename(entry)
        except OSError:
            if not entry.is_dir():
                raise

    def _finish(self, about: Mapping[str, Any]) -> None:
        windows = join_parts(self._columns, self.origin)
        for writer in self._writers:
            writer.finish()
        columns = io.BytesIO()
        np.savez(columns, **_columns(windows))  # type: ignore[arg-type]
        (self.folder / "columns.npz").write_bytes(columns.getbuffer())
        files = {path.name: _sha256(path) for path in sorted(self.folder.iterdir())}
        made = datetime.now(UTC).isoformat(timespec="seconds")
        checksummed_json.write(
            self.folder / location.METADATA_FILE,
            {**about, "made": made, "windows": _describe(windows), "files": files},
        )

    def __enter__(self) -> "EntryWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # an incomplete file is removed with its folder
            self._open_files.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def read_entry(entry: Path) -> WindowSet:
    """Read the windows of an entry; their signals are mapped into memory, read-only.

    Args:
        entry: the entry's folder.

    Returns:
        The windows.

    Raises:
        DamagedFileError: a file is not what was written.
        OSError: a file is missing or cannot be read.
    """
    about = read_metadata(entry / location.METADATA_FILE)
    if about is None:
        raise DamagedFileError(f"{location.METADATA_FILE} is not what was written")
    try:
        if _sha256(entry / "columns.npz") != about.get("files", {}).get("columns.npz"):
            raise DamagedFileError("columns.npz is not what was written")
        return _windows(entry, about)
    except (ValueError, LookupError, TypeError, BadZipFile, DataError) as error:
        raise DamagedFileError(f"its files do not hold windows ({type(error).__name__}: {error})") from error


def _windows(entry: Path, about: Mapping[str, Any]) -> WindowSet:
    windows = about["windows"]
    modalities = tuple(Modality(**{**m, "ch_names": tuple(m["ch_names"])}) for m in windows["modalities"])
    X: dict[str, np.ndarray] = {}
    for number, modality in enumerate(modalities):
        name = f"X{number}.npy"
        X[modality.name] = map_npy(entry / name, about["files"][name])
    columns = read_arrays(entry / "columns.npz")
    present = {modality.name: columns[f"present{number}"] for number, modality in enumerate(modalities)}
    others = {name: columns[name] for name in WINDOW_COLUMNS}
    valence = windows["valence"] and Valence(*map(tuple, windows["valence"]))
    return WindowSet(modalities, X, present, labels=tuple(windows["labels"]), valence=valence, **others)


def _columns(windows: WindowSet) -> dict[str, np.ndarray]:
    present = {f"present{number}": windows.present[m.name] for number, m in enumerate(windows.modalities)}
    return {**present, **{name: getattr(windows, name) for name in WINDOW_COLUMNS}}


def _describe(windows: WindowSet) -> dict[str, Any]:
    valence = windows.valence
    return {
        "rows": len(windows),
        "labels": windows.labels,
        "valence": valence and [valence.positive, valence.negative],
        "modalities": [asdict(modality) for modality in windows.modalities],
    }


def _sha256(path: Path) -> str:
    with regular(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
