"""Share windows with worker processes through files, which every process maps into its memory instead of copying."""

import mmap
import os
import pickle
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from joblib.externals.loky.backend import resource_tracker

from mpcl_core.interfaces.data import WindowSet

MEMORY_FOLDER = Path("/dev/shm")
"""A file system in memory; used where the windows take at most half of its free space."""


@dataclass(frozen=True)
class _MappedArray:
    """Hold where an array lies in a file."""

    file: Path
    dtype: np.dtype
    shape: tuple[int, ...]
    offset: int


@dataclass(frozen=True)
class SharedWindows:
    """Stand for windows in the arguments of a call in another process.

    Args:
        file: the file that holds all but the signals.
    """

    file: Path

    def load(self) -> WindowSet:
        """Return the windows, whose signals are mapped read-only.

        Returns:
            The same object at each call in a process.
        """
        return _open(self.file)


@contextmanager
def shared_windows(window_sets: Sequence[WindowSet], place: Path | None = None) -> Iterator[list[SharedWindows]]:
    """Write windows into a temporary folder, which is removed afterwards.

    It is removed also where this process is killed. For processes of this machine, signals that are mapped from a file
    already, such as those of the cache, are not written again.

    Args:
        window_sets: the windows.
        place: where to make the folder, for processes of other machines that reach it; None for those of this machine.

    Yields:
        For each window set what stands for it in other processes.

    Raises:
        OSError: the disk is full.
    """
    size = sum(values.nbytes for windows in window_sets for values in windows.X.values())
    folder = Path(tempfile.mkdtemp(prefix=".mpcl-windows-", dir=place or _temporary_folder(size)))
    resource_tracker.ensure_running()
    resource_tracker.register(str(folder), "folder")
    try:
        yield [_share(windows, folder / str(number), place is None) for number, windows in enumerate(window_sets)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        resource_tracker.unregister(str(folder), "folder")


def _temporary_folder(size: int) -> str:
    if stated := os.environ.get("JOBLIB_TEMP_FOLDER"):
        return stated
    if (
        MEMORY_FOLDER.is_dir()
        and os.access(MEMORY_FOLDER, os.W_OK)
        and 2 * size < shutil.disk_usage(MEMORY_FOLDER).free
    ):
        return str(MEMORY_FOLDER)
    return tempfile.gettempdir()


def _share(windows: WindowSet, folder: Path, is_local: bool) -> SharedWindows:
    folder.mkdir()
    named = enumerate(windows.X.items())
    arrays = {name: _map(values, folder / f"X{number}.npy", is_local) for number, (name, values) in named}
    file = folder / "windows.pickle"
    file.write_bytes(pickle.dumps((replace(windows, X={}), arrays)))
    return SharedWindows(file)


def _map(values: np.ndarray, file: Path, is_local: bool) -> _MappedArray:
    """Return where the values lie in a file.

    Returns:
        The file that they are mapped from, for processes of this machine; else ``file``, to which they are written.
    """
    if not (
        is_local and isinstance(values, np.memmap) and isinstance(values.base, mmap.mmap) and values.flags.c_contiguous
    ):
        np.save(file, values)
        values = np.load(file, mmap_mode="r")
    if not isinstance(values, np.memmap) or values.filename is None:
        raise TypeError(f"{file} is not mapped")
    return _MappedArray(Path(values.filename), values.dtype, values.shape, values.offset)


@lru_cache(maxsize=4)
def _open(file: Path) -> WindowSet:
    windows: WindowSet
    arrays: dict[str, _MappedArray]
    windows, arrays = pickle.loads(file.read_bytes())
    X: dict[str, np.ndarray] = {
        name: np.memmap(each.file, each.dtype, "r", each.offset, each.shape) for name, each in arrays.items()
    }
    return replace(windows, X=X)
