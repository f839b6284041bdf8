"""Read numpy archives without unpickling, with errors that name the file and the array."""

import zipfile
from pathlib import Path

import numpy as np
from jaxtyping import Shaped

from mpcl_core.plugin import DataError, parse_array, read_entry

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
        DataError: the file or the array is missing, damaged or too large.
    """
    if not path.is_file():
        raise DataError("no such file", path)
    entry = f"{name}.npy"
    try:
        with zipfile.ZipFile(path) as archive:
            content = read_entry(archive, entry, LARGEST) if entry in archive.namelist() else None
    except Exception as error:
        raise DataError(f"cannot be read ({error})", path, name) from error
    if content is None:
        raise DataError("there is no such array", path, name)
    try:
        return parse_array(content)
    except Exception as error:
        raise DataError(f"cannot be read ({error})", path, name) from error
