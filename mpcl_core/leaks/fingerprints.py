"""Reduce arrays to three sums each, which show whether two arrays are equal without storing them."""

from collections.abc import Iterator, Mapping

import numpy as np
from jaxtyping import Bool, Float64
from torch import Tensor

from mpcl_core.interfaces.data import WindowSet

Fingerprints = Float64[np.ndarray, "_ _ 3"]
"""Entries of arrays: Σ x, Σ x_i cos i, and Σ |x|, to which a difference is compared."""

_ROUNDING = 1e-5
"""The tolerance as a share of Σ |x|: processors round differently in batches of another size."""

_SMALL = 1e-3
"""The share of the mean Σ |x| over the entries that is added to Σ |x| of an entry."""


def fingerprint(value: object) -> Fingerprints:
    """Compute the fingerprint of a component's output.

    Args:
        value: a window set, an array, or anything that holds tensors.

    Returns:
        One entry for each window of a window set or each row of an array; of anything else a single entry.
    """
    if isinstance(value, WindowSet):
        return np.stack([_sums(values) for values in value.X.values()], axis=1)
    if isinstance(value, np.ndarray):
        return _sums(value)[:, None]
    tensors = (tensor.detach().double().cpu().numpy().reshape(1, -1) for tensor in _tensors(value))
    return np.stack([_sums(tensor) for tensor in tensors] or [np.zeros((1, 3))], axis=1)


def are_equal(one: Fingerprints, other: Fingerprints) -> bool:
    """Return whether two fingerprints are those of the same arrays, up to rounding.

    Args:
        one, other: the fingerprints.

    Returns:
        Whether the shapes and all entries are equal.
    """
    return one.shape == other.shape and bool(equal_entries(one, other).all())


def equal_entries(one: Float64[np.ndarray, "L P 3"], other: Float64[np.ndarray, "L P 3"]) -> Bool[np.ndarray, "L"]:
    """Compare fingerprints entry by entry, up to rounding.

    An array that is small beside the same array in the other entries may be nothing but rounding.

    Args:
        one, other: fingerprints of L entries of P arrays each.

    Returns:
        Whether each entry is equal (L).
    """
    one, other = np.nan_to_num(one), np.nan_to_num(other)
    size = np.maximum(one[..., 2:], other[..., 2:])
    is_close: Bool[np.ndarray, L] = np.abs(one - other) <= _ROUNDING * (size + _SMALL * size.mean(0))
    return np.asarray(is_close.all(axis=(1, 2)))


def _sums(values: np.ndarray) -> Float64[np.ndarray, "L 3"]:
    flat = values.reshape(len(values), -1).astype(np.float64)
    wave = np.cos(np.arange(flat.shape[1]))
    return np.stack([flat.sum(1), flat @ wave, np.abs(flat).sum(1)], axis=1)


def _tensors(value: object) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _tensors(part)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _tensors(part)
