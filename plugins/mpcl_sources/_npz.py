"""Reads numpy archives, never unpickling. A DataError says what is wrong with one, naming file and array."""

import io
import zipfile
from pathlib import Path

import numpy as np
from jaxtyping import Shaped

from mpcl_core.interfaces.errors import DataError


def array(path: Path, name: str) -> Shaped[np.ndarray, "..."]:
    """One array of an archive.

    The entry is read to its end before it is parsed, because only then is its checksum compared.

    Raises:
        DataError: there is no such file or array, or it is damaged.
    """
    if not path.is_file():
        raise DataError("no such file", path)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.namelist()
            content = archive.read(f"{name}.npy") if f"{name}.npy" in entries else None
    except Exception as error:
        raise DataError(f"cannot be read ({error})", path, name) from error
    if content is None:
        raise DataError("there is no such array", path, name)
    try:
        return np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
    except Exception as error:
        raise DataError(f"cannot be read ({error})", path, name) from error
