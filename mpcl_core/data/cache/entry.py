"""One entry of the cache: written as its rows come, read by mapping its signals into memory."""

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

import numpy as np

from mpcl_core.data.cache import checksummed_json, file_locks, location
from mpcl_core.data.cache.npy_files import DamagedFileError, NpyWriter, map_npy
from mpcl_core.data.prepare import join_parts
from mpcl_core.interfaces.data import WINDOW_COLUMNS, Modality, Valence, WindowSet


class CacheError(Exception):
    """Rows cannot be kept in the cache. Says why."""


@contextmanager
def cache_errors() -> Iterator[None]:
    """Tells a fault of the cache's folder from one of the data's.

    Raises:
        UnkeptError: something cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise CacheError(str(error)) from error


class EntryWriter:
    """An entry in the making. Use as a context; what was not kept by its end is removed.

    Args:
        rows: the folder of all entries.
        origin: what to name in an error of the data.
    """

    def __init__(self, rows: Path, origin: str) -> None:
        self.folder, self.origin = rows / f".partial-{uuid4().hex}", origin
        self._open = ExitStack()
        self._signals: list[NpyWriter] = []
        self._columns: list[WindowSet] = []

    @cache_errors()
    def append(self, part: WindowSet) -> None:
        """Write the signals of these rows; their columns wait in memory.

        Raises:
            UnkeptError: they cannot be written.
        """
        if not self._columns:
            self._begin(part)
        for file, modality in zip(self._signals, part.modalities, strict=True):
            file.append(part.X[modality.name])
        self._columns.append(replace(part, X={}))

    def _begin(self, part: WindowSet) -> None:
        self.folder.mkdir(parents=True)
        for number, modality in enumerate(part.modalities):
            file = self._open.enter_context((self.folder / f"X{number}.npy").open("xb"))
            file_locks.mark_in_use(file)
            self._signals.append(NpyWriter(file, part.X[modality.name].shape[1:]))

    @cache_errors()
    def commit(self, entry: Path, about: Mapping[str, Any], replace_damaged: bool) -> None:
        """Put the entry in its place, unless another process was first.

        Args:
            entry: the place.
            about: what to write down beside what the rows are.
            replace_damaged: what stands there is damaged.

        Raises:
            UnkeptError: it cannot be written.
            DataError: there are no rows, or their weights are no weights.
        """
        self._finish(about)
        if sys.platform == "win32":  # moves no folder with an open file in it
            self._open.close()
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
        for file in self._signals:
            file.finish()
        columns = io.BytesIO()
        np.savez(columns, **_columns(windows))  # type: ignore[arg-type]
        (self.folder / "columns.npz").write_bytes(columns.getbuffer())
        files = {path.name: _sha256(path) for path in sorted(self.folder.iterdir())}
        made = datetime.now(UTC).isoformat(timespec="seconds")
        checksummed_json.write(
            self.folder / location.METADATA_FILE,
            {**about, "made": made, "windows": _described(windows), "files": files},
        )

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # what could not be written to the end is removed
            self._open.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def read(entry: Path) -> WindowSet:
    """The rows of an entry; their signals are mapped, read-only.

    Raises:
        DamagedError: a file is not what was written.
        OSError: a file is missing or cannot be read.
    """
    about = checksummed_json.read(entry / location.METADATA_FILE)
    if about is None:
        raise DamagedFileError(f"{location.METADATA_FILE} is not what was written")
    content = (entry / "columns.npz").read_bytes()
    if hashlib.sha256(content).hexdigest() != about["files"]["columns.npz"]:
        raise DamagedFileError("columns.npz is not what was written")
    windows = about["windows"]
    modalities = tuple(Modality(**{**m, "ch_names": tuple(m["ch_names"])}) for m in windows["modalities"])
    X: dict[str, np.ndarray] = {}
    for number, modality in enumerate(modalities):
        name = f"X{number}.npy"
        X[modality.name] = map_npy(entry / name, about["files"][name])
    with np.load(io.BytesIO(content), allow_pickle=False) as columns:
        present = {modality.name: columns[f"present{number}"] for number, modality in enumerate(modalities)}
        others = {name: columns[name] for name in WINDOW_COLUMNS}
    valence = windows["valence"] and Valence(*map(tuple, windows["valence"]))
    return WindowSet(modalities, X, present, labels=tuple(windows["labels"]), valence=valence, **others)


def _columns(windows: WindowSet) -> dict[str, np.ndarray]:
    present = {f"present{number}": windows.present[m.name] for number, m in enumerate(windows.modalities)}
    return {**present, **{name: getattr(windows, name) for name in WINDOW_COLUMNS}}


def _described(windows: WindowSet) -> dict[str, Any]:
    valence = windows.valence
    return {
        "rows": len(windows),
        "labels": windows.labels,
        "valence": valence and [valence.positive, valence.negative],
        "modalities": [asdict(modality) for modality in windows.modalities],
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
