"""A .npy file that grows as rows are appended, and one that is mapped into memory."""

import hashlib
from pathlib import Path
from typing import IO

import numpy as np
from jaxtyping import Float32

from mpcl_core.data.cache import file_locks


class DamagedFileError(Exception):
    """A file is not what was written."""


class NpyWriter:
    """Rows of float32 in a new file.

    Args:
        file: open and empty.
        shape: of a row.
    """

    def __init__(self, file: IO[bytes], shape: tuple[int, ...]) -> None:
        self.file, self.shape, self.n = file, shape, 0
        self._write_header()
        self.start = file.tell()

    def append(self, rows: Float32[np.ndarray, "N *row"]) -> None:
        """Write these rows behind the others."""
        self.file.write(np.ascontiguousarray(rows, np.float32).data)
        self.n += len(rows)

    def finish(self) -> None:
        """Write down how many rows there are. numpy leaves room in a header for the first axis to grow."""
        self.file.seek(0)
        self._write_header()
        if self.file.tell() != self.start:
            raise OSError(f"numpy gave {self.n} rows a header of another length")
        self.file.flush()

    def _write_header(self) -> None:
        about = {"descr": "<f4", "fortran_order": False, "shape": (self.n, *self.shape)}
        np.lib.format.write_array_header_1_0(self.file, about)


def map_npy(path: Path, sha256: str) -> np.memmap:
    """The array of a file, which counts as in use while the array lives.

    Raises:
        DamagedError: its hash is another.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        file_locks.mark_in_use(file)
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise DamagedFileError(f"{path.name} is not what was written")
        file.seek(0)
        np.lib.format.read_magic(file)
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        return np.memmap(file, dtype, "r", file.tell(), shape)
