"""Reads MATLAB files of level 5. A DataError says what is wrong with one, naming file and array."""

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


def shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """The shape of every array of numbers in the file, without reading their values.

    Raises:
        DataError: there is no such file, it is no MATLAB file, or it is cut off.
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
        raise DataError("stands there twice", path, twice[0])
    return {name: shape for name, shape, kind in found if kind in KINDS}


def arrays(path: Path, names: Collection[str]) -> dict[str, Shaped[np.ndarray, "..."]]:
    """These arrays, whatever their type.

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
    """That every array of ``spec`` is there in its shape, with at least one row.

    Raises:
        DataError: naming the first array that is not.
    """
    lengths: dict[str, int] = {}
    for name, expected in spec.items():
        if name not in found:
            there = ", ".join(sorted(found)) or "none"
            raise DataError(f"there is no such array of numbers, but {there}", path, name)
        shape = found[name]
        known = tuple(lengths.get(size, size) if isinstance(size, str) else size for size in expected)
        if len(shape) != len(known) or any(isinstance(b, int) and a != b for a, b in zip(shape, known, strict=True)):
            raise DataError(f"shape {_show(shape)}, but {_show(known)} is expected", path, name)
        if min(shape) < 1:
            raise DataError("there are no rows", path, name)
        lengths |= {size: a for a, size in zip(shape, expected, strict=True) if isinstance(size, str)}


def check_file(path: Path, spec: Spec) -> None:
    """That a file is whole and holds the arrays of ``spec`` in their shapes, without reading their values.

    Raises:
        DataError: naming the file and the first array that is not what it should be.
    """
    check_shapes(shapes(path), spec, path)


def real(values: Shaped[np.ndarray, "*n"]) -> Float64[np.ndarray, "*n"]:
    """The values as numbers of their own; of complex ones the real part."""
    return np.real(values).astype(np.float64)


def features(values: Float64[np.ndarray, "n ..."], n_chans: int, path: Path, name: str) -> Float32[np.ndarray, "n _ _"]:
    """The rows of an array as (n, c, t).

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
