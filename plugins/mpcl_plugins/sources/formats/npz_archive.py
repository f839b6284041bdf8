"""Read numpy archives without unpickling, with errors that name the file and the array."""

import io
import math
import zipfile
from pathlib import Path

import numpy as np
from jaxtyping import Shaped
from numpy.lib import format as npy

from mpcl_core.plugin import DataError

LARGEST = 2**30
"""Bytes of the largest array that is read; a small archive can claim any size."""


def read_npz_array(path: Path, name: str) -> Shaped[np.ndarray, "..."]:
    """Return one array of an archive.

    The entry is read to its end before it is parsed, because only then is its checksum compared.

    Args:
        path: the archive.
        name: the name of the array.

    Returns:
        The array.

    Raises:
        DataError: the file or the array is missing or damaged.
    """
    if not path.is_file():
        raise DataError("no such file", path)
    try:
        with zipfile.ZipFile(path) as archive:
            entry = {info.filename: info for info in archive.infolist()}.get(f"{name}.npy")
            size = 0 if entry is None else entry.file_size
            content = archive.read(entry) if entry is not None and size <= LARGEST else b""
    except Exception as error:
        raise DataError(f"cannot be read ({error})", path, name) from error
    if entry is None:
        raise DataError("there is no such array", path, name)
    if size > LARGEST:
        raise DataError(f"states {size} bytes, more than {LARGEST}", path, name)
    try:
        return _parsed(content)
    except Exception as error:
        raise DataError(f"cannot be read ({error})", path, name) from error


def _parsed(content: bytes) -> Shaped[np.ndarray, "..."]:
    stream = io.BytesIO(content)
    read_header = npy.read_array_header_1_0 if npy.read_magic(stream) == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = read_header(stream)
    size, held = math.prod(shape) * dtype.itemsize, len(content) - stream.tell()
    if size != held and not dtype.hasobject:
        raise ValueError(f"its header states {size} bytes of {dtype}, but it holds {held}")
    stream.seek(0)
    return npy.read_array(stream, allow_pickle=False)
