"""Read MATLAB files of level 5, with errors that name the file and the array."""

import math
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64, Shaped

from mpcl_core.plugin import DataError
from mpcl_plugins.sources.formats.mat_arrays import check_compressed
from mpcl_plugins.sources.formats.mat_tags import check_tags

Spec = Mapping[str, tuple[int | str, ...]]
"""Array name -> its shape. A letter stands for a length that is free, and the same wherever the letter is."""

KINDS = {"double", "single", "logical", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))}


def array_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Return the shape of every array of numbers in the file, without reading their values.

    Args:
        path: the file.

    Returns:
        Name -> shape.

    Raises:
        DataError: the file is missing, is not a MATLAB file, or is cut off.
    """
    from scipy.io import whosmat

    if not path.is_file():
        raise DataError("no such file", path)
    check_tags(path)
    try:
        found = whosmat(path, appendmat=False)
    except Exception as error:
        raise DataError(f"not a MATLAB file of level 5 that can be read ({error})", path) from error
    names = [name for name, _, _ in found]
    if twice := [name for name in names if names.count(name) > 1]:
        raise DataError("appears twice", path, twice[0])
    return {name: shape for name, shape, kind in found if kind in KINDS}


def read_arrays(path: Path, names: Collection[str]) -> dict[str, Shaped[np.ndarray, "..."]]:
    """Return some arrays, whatever their type.

    Args:
        path: the file.
        names: the names of the arrays.

    Returns:
        Name -> values.

    Raises:
        DataError: the file cannot be read, or lacks one of them.
    """
    from scipy.io import loadmat

    check_compressed(path, names)
    try:
        found = loadmat(path, appendmat=False, variable_names=list(names))
    except Exception as error:
        raise DataError(f"cannot be read ({error})", path) from error
    for name in names:
        if not isinstance(found.get(name), np.ndarray) or found[name].dtype.kind not in "biufc":
            raise DataError("there is no such array of numbers", path, name)
    return {name: found[name] for name in names}


def check_shapes(found: Mapping[str, tuple[int, ...]], spec: Spec, path: Path) -> None:
    """Raise an error unless every array of ``spec`` is there in its shape, with at least one row.

    Args:
        found: the shapes in the file.
        spec: the expected shapes.
        path: the file, for errors.

    Raises:
        DataError: naming the first array that differs.
    """
    lengths: dict[str, int] = {}
    for name, expected in spec.items():
        if name not in found:
            known_names = ", ".join(sorted(found)) or "none"
            raise DataError(f"there is no such array of numbers. The file has: {known_names}", path, name)
        shape = found[name]
        known = tuple(lengths.get(size, size) if isinstance(size, str) else size for size in expected)
        if len(shape) != len(known) or any(isinstance(b, int) and a != b for a, b in zip(shape, known, strict=True)):
            raise DataError(f"shape {_show(shape)}, but {_show(known)} is expected", path, name)
        if min(shape) < 1:
            raise DataError("there are no rows", path, name)
        lengths |= {size: a for a, size in zip(shape, expected, strict=True) if isinstance(size, str)}


def check_file(path: Path, spec: Spec) -> None:
    """Raise an error unless a file is complete and holds the arrays of ``spec`` in their shapes.

    The values are not read.

    Args:
        path: the file.
        spec: the expected shapes.

    Raises:
        DataError: naming the file and the first array that differs.
    """
    check_shapes(array_shapes(path), spec, path)


def real_part(values: Shaped[np.ndarray, "*n"]) -> Float64[np.ndarray, "*n"]:
    """Return the values as float64; of complex ones the real part.

    Args:
        values: numbers of any type.

    Returns:
        A copy of the same shape.
    """
    return np.real(values).astype(np.float64)


def feature_windows(
    values: Float64[np.ndarray, "n ..."], n_chans: int, path: Path, name: str
) -> Float32[np.ndarray, "n _ _"]:
    """Return the rows of an array as windows (n, c, t).

    Args:
        values: (n, …) numbers.
        n_chans: c.
        path: the file, for errors.
        name: the name of the array, for errors.

    Returns:
        (n, c, t) in single precision.

    Raises:
        DataError: naming the first row that holds NaN or a number too large.
    """
    n_times = math.prod(values.shape[1:]) // n_chans
    with np.errstate(over="ignore", invalid="ignore"):
        single = values.reshape(len(values), n_chans, n_times).astype(np.float32)
    if len(bad := np.flatnonzero(~np.isfinite(single).all((1, 2)))):
        raise DataError("holds NaN or an infinite value", path, name, int(bad[0]))
    return single


def _show(shape: tuple[int | str, ...]) -> str:
    return f"({', '.join(map(str, shape))})"
