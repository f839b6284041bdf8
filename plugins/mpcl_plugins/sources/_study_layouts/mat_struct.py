"""Read structs and cells of MATLAB files of level 5 as dictionaries and lists, with errors that name the file."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import DataError
from mpcl_plugins.sources.formats.mat_arrays import check_compressed
from mpcl_plugins.sources.formats.mat_tags import check_tags


def read_struct(path: Path, name: str, largest: int) -> Any:
    """Return a variable: structs as dictionaries, cells as lists or arrays of objects, numbers as arrays.

    Args:
        path: the file.
        name: the name of the variable.
        largest: bytes of the largest compressed variable that is read.

    Returns:
        The value.

    Raises:
        DataError: the file is missing, damaged or of level 7.3, or has no such variable.
    """
    from scipy.io import loadmat

    if not path.is_file():
        raise DataError("no such file", path)
    check_tags(path)
    check_compressed(path, [name], largest)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = loadmat(path, appendmat=False, variable_names=[name], simplify_cells=True)
    except Exception as error:
        raise DataError(f"cannot be read ({error})", path) from error
    if name not in found:
        raise DataError("there is no such variable", path, name)
    return found[name]


def get_field(struct: Any, name: str, path: Path, field: str) -> Any:
    """Return a field of a struct.

    Args:
        struct: the struct.
        name: the name of the field.
        path: the file, for errors.
        field: the place in the file, for errors.

    Returns:
        The value.

    Raises:
        DataError: it is no struct, or has no such field.
    """
    if not isinstance(struct, dict) or name not in struct:
        raise DataError(f"there is no field '{name}'", path, field)
    return struct[name]


def list_cells(value: Any) -> list[Any]:
    """Return the cells of a cell array; one value is one cell.

    Args:
        value: what stands for the cell array.

    Returns:
        The cells in order.
    """
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, np.ndarray) and value.dtype == object:
        return list(value.ravel())
    return [value]


def read_channels(value: Any, n_channels: int, path: Path, field: str) -> Float64[np.ndarray, "c T"] | None:
    """Return samples of several channels, whichever way the file has them.

    Args:
        value: (T, c) or (c, T) numbers, of which c must be the number of channels.
        n_channels: c.
        path: the file, for errors.
        field: the place in the file, for errors.

    Returns:
        (c, T) values; None where there are none.

    Raises:
        DataError: they are no numbers, or of another number of channels.
    """
    values = np.asarray(value)
    if values.size == 0:
        return None
    if values.dtype.kind not in "biuf":
        raise DataError("there are no numbers", path, field)
    values = values.reshape(len(values), -1) if values.ndim < 2 else values
    if values.ndim != 2 or n_channels not in values.shape:
        raise DataError(f"shape {values.shape}, but {n_channels} channels are expected", path, field)
    return (values.T if values.shape[1] == n_channels else values).astype(np.float64)


def read_scores(value: Any, count: int, low: float, high: float, place: tuple[Path, str]) -> Sequence[float]:
    """Return the ratings of the trials of one person.

    Args:
        value: the numbers.
        count: how many there must be.
        low, high: the scale.
        place: the file and the field, for errors.

    Returns:
        The ratings; NaN where one is missing.

    Raises:
        DataError: there are fewer or more, or one is not on the scale.
    """
    path, field = place
    scores = np.asarray(value, np.float64).ravel()
    if len(scores) != count:
        raise DataError(f"{len(scores)} ratings for {count} trials", path, field)
    if len(wrong := np.flatnonzero((scores < low) | (scores > high))):
        row = int(wrong[0])
        raise DataError(f"a rating of {scores[row]:g} is not from {low:g} to {high:g}", path, field, row)
    return [float(score) for score in scores]
