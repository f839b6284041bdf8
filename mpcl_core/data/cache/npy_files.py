"""Write ``.npy`` files that grow as windows are appended, and map such files into memory."""

import hashlib
from pathlib import Path
from typing import IO

import numpy as np
from jaxtyping import Float32

from mpcl_core.data.cache import file_locks
from mpcl_core.toolkit.archives import read_array_header
from mpcl_core.toolkit.regular_files import regular


class DamagedFileError(Exception):
    """Report a file whose content is not what was written."""


class NpyWriter:
    """Append float32 values of windows to a new file.

    Args:
        file: open for writing, and empty.
        shape: the shape of one window's values.
    """

    def __init__(self, file: IO[bytes], shape: tuple[int, ...]) -> None:
        self.file, self.shape, self.n_windows = file, shape, 0
        self._write_header()
        self.start = file.tell()

    def append(self, values: Float32[np.ndarray, "N *W"]) -> None:
        """Append the values of N windows.

        Args:
            values: the values (N, *shape).
        """
        self.file.write(np.ascontiguousarray(values, np.float32).data)
        self.n_windows += len(values)

    def finish(self) -> None:
        """Write the number of windows into the header; numpy leaves room there for the first axis to grow."""
        self.file.seek(0)
        self._write_header()
        if self.file.tell() != self.start:
            raise OSError(f"numpy wrote a header of another length for {self.n_windows} windows")
        self.file.flush()

    def _write_header(self) -> None:
        header = {"descr": "<f4", "fortran_order": False, "shape": (self.n_windows, *self.shape)}
        np.lib.format.write_array_header_1_0(self.file, header)


def map_npy(path: Path, sha256: str) -> np.memmap:
    """Map the array of a file into memory, read-only; the file counts as in use while the array lives.

    Args:
        path: the file.
        sha256: its expected hash.

    Returns:
        The array.

    Raises:
        DamagedFileError: the file has another hash.
        ValueError: it is no regular file, or its header is damaged.
        OSError: it cannot be read.
    """
    with regular(path).open("rb") as file:
        file_locks.mark_in_use(file)
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise DamagedFileError(f"{path.name} is not what was written")
        file.seek(0)
        shape, dtype = read_array_header(file)
        return np.memmap(file, dtype, "r", file.tell(), shape)
