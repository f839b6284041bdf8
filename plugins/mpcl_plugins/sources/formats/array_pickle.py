"""Read a pickle of plain values and numpy arrays without running anything that it requests.

A pickle is a program: unpickled, it calls whatever importable function it names. Here the three names that an array
needs are replaced by harmless stand-ins that only store their arguments, not even by numpy's own functions (a forged
dtype can make numpy read numbers as addresses), and every other name is refused.
"""

import mmap
import pickle
import re
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Shaped

from mpcl_core.plugin import DataError

NUMBER = re.compile(r"[fiu][1248]")
ARRAY = "ndarray"


class _Type:
    """Stand in for ``numpy.dtype``."""

    __slots__ = ("text",)

    def __init__(self, text: str, align: object = 0, copy: object = 0) -> None:
        if not NUMBER.fullmatch(text):
            raise pickle.UnpicklingError(f"'{text}' is no type of a plain number")
        self.text = text

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        order = str(state[1])
        if order not in ("<", ">", "|", "="):
            raise pickle.UnpicklingError(f"'{order}' is no order of bytes")
        self.text = order + self.text[-2:]


class PickledArray:
    """Stand in for an array: its shape, type and bytes, not yet read."""

    __slots__ = ("fortran", "raw", "shape", "type")

    def __init__(self, kind: object, shape: object, code: object) -> None:
        if kind != ARRAY:
            raise pickle.UnpicklingError(f"an array of type {kind!r}")
        self.shape, self.type, self.fortran = (0,), "f8", False
        self.raw: str | bytes = ""

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, kind, fortran, raw = state
        self.shape, self.type, self.fortran, self.raw = tuple(shape), kind.text, bool(fortran), raw

    def read(self, path: Path, field: str) -> Shaped[np.ndarray, "..."]:
        """Return the values of the array.

        Args:
            path: the pickle, for errors.
            field: the name of the array, for errors.

        Returns:
            The array in its stored shape and type.

        Raises:
            DataError: shape, type and bytes do not fit.
        """
        try:
            raw = self.raw if isinstance(self.raw, bytes) else self.raw.encode("latin1")
            flat = np.frombuffer(raw, dtype=self.type)
            return flat.reshape(self.shape, order="F" if self.fortran else "C")
        except Exception as error:
            raise DataError(f"not an array that can be read ({error})", path, field) from error


class _Unpickler(pickle._Unpickler):
    """Refuse every name but three.

    This is Python's own unpickler, since the one in C reserves memory for any number that a damaged pickle gives a
    value.
    """

    names: ClassVar[dict[tuple[str, str], object]] = {
        ("numpy.core.multiarray", "_reconstruct"): PickledArray,
        ("numpy._core.multiarray", "_reconstruct"): PickledArray,
        ("numpy", "dtype"): _Type,
        ("numpy", "ndarray"): ARRAY,
    }

    def find_class(self, module_name: str, global_name: str) -> Any:
        if (module_name, global_name) not in self.names:
            raise pickle.UnpicklingError(f"it asks for {module_name}.{global_name}, which numbers do not need")
        return self.names[module_name, global_name]


def load_pickle(path: Path) -> object:
    """Return the pickled value, with a `PickledArray` for every array.

    Args:
        path: the pickle.

    Returns:
        Nested mappings, sequences, numbers and text.

    Raises:
        DataError: the file is missing, is not a pickle, is cut off, or requests anything but numbers.
    """
    if not path.is_file():
        raise DataError("no such file", path)
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            return _Unpickler(mapped, encoding="latin1").load()  # a map gives no more bytes than there are
    except Exception as error:
        raise DataError(f"not a pickle of plain numbers ({error})", path) from error
