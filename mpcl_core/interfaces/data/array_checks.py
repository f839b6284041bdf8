"""Check arrays of distributions and of weights."""

from pathlib import Path

import numpy as np
from jaxtyping import Float, Float64

from mpcl_core.interfaces.errors import DataError


def check_distributions(
    D: Float[np.ndarray, "N k"], name: str, origin: Path | str | None = None, tolerance: float = 1e-4
) -> None:
    """Check that each row of an array is a distribution.

    Args:
        D: one row for each window.
        name: of the array, for the error.
        origin: the file to name in the error.
        tolerance: largest difference of a row's sum from 1.

    Raises:
        DataError: a row is not finite, has a negative entry, or does not sum to 1; names the first.

    Example:
        >>> check_distributions(np.array([[0.4, 0.6]]), "D")
        >>> check_distributions(np.array([[0.4, 0.7]]), "D")
        Traceback (most recent call last):
            ...
        mpcl_core.interfaces.errors.DataError: D, row 0: sums to 1.1, but a distribution sums to 1
    """
    check_finite(D, name, origin)
    if len(negative := np.flatnonzero((D < 0).any(1))):
        row = int(negative[0])
        raise DataError(f"{D[row].min():g} is negative", origin, name, row)
    if len(off := np.flatnonzero(np.abs(D.sum(1) - 1) > tolerance)):
        row = int(off[0])
        raise DataError(f"sums to {D[row].sum():.6g}, but a distribution sums to 1", origin, name, row)


def check_weight(weight: Float[np.ndarray, "N"], origin: Path | str | None = None) -> None:
    """Check that each entry of an array is a weight.

    Args:
        weight: (N,) of the windows; all may be 0.
        origin: the file to name in the error.

    Raises:
        DataError: a weight is negative or not finite; names the first.

    Example:
        >>> check_weight(np.array([2.0, 0.0]))
        >>> check_weight(np.array([2.0, -1.0]))
        Traceback (most recent call last):
            ...
        mpcl_core.interfaces.errors.DataError: weight, row 1: -1 is not a weight; weights are finite and not negative
    """
    wrong = ~(np.isfinite(weight) & (weight >= 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DataError(f"{weight[row]:g} is not a weight; weights are finite and not negative", origin, "weight", row)


def scale_weight(weight: Float[np.ndarray, "N"], origin: Path | str | None = None) -> Float64[np.ndarray, "N"]:
    """Scale weights to mean 1.

    Args:
        weight: (N,) of the windows, of any scale.
        origin: the file to name in the error.

    Returns:
        (N,) the scaled weights.

    Raises:
        DataError: a weight is negative or not finite, or all are 0.

    Example:
        >>> scale_weight(np.array([3.0, 1.0]))
        array([1.5, 0.5])
    """
    check_weight(weight, origin)
    if not weight.any():
        raise DataError("all windows have weight 0", origin, "weight")
    return np.asarray(weight * (len(weight) / weight.sum()), np.float64)


def check_finite(values: Float[np.ndarray, "N ..."], name: str, origin: Path | str | None) -> None:
    """Check that an array has no NaN and no infinite value.

    Args:
        values: (N, …) one row for each window.
        name: of the array, for the error.
        origin: the file to name in the error.

    Raises:
        DataError: a row has one; names the first.
    """
    finite = np.isfinite(values).reshape(len(values), -1).all(1)
    if not finite.all():
        raise DataError("holds NaN or an infinite value", origin, name, int(np.argmin(finite)))
