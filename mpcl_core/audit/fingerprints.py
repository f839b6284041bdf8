"""Arrays as a few sums, by which it is seen that they are the same, without keeping them."""

from collections.abc import Iterator, Mapping

import numpy as np
from jaxtyping import Bool, Float64
from torch import Tensor

from mpcl_core.interfaces.data import WindowSet

Sums = Float64[np.ndarray, "_ _ 3"]
"""Lines of arrays: Σ x, Σ x_i cos i, and Σ |x|, to which a difference is compared."""

_ROUNDING = 1e-5
"""Of Σ |x|: processors round differently in batches of another size."""

_SMALL = 1e-3
"""Of the mean Σ |x| over the lines."""


def condensed(answer: object) -> Sums:
    """Of a window set or an array a line for each row; of anything else that holds tensors, a single line."""
    if isinstance(answer, WindowSet):
        return np.stack([_sums(values) for values in answer.X.values()], axis=1)
    if isinstance(answer, np.ndarray):
        return _sums(answer)[:, None]
    tensors = (tensor.detach().double().cpu().numpy().reshape(1, -1) for tensor in _tensors(answer))
    return np.stack([_sums(tensor) for tensor in tensors] or [np.zeros((1, 3))], axis=1)


def alike(one: Sums, other: Sums) -> bool:
    """Whether they are sums of the same arrays, up to rounding."""
    return one.shape == other.shape and bool(same_lines(one, other).all())


def same_lines(one: Float64[np.ndarray, "L P 3"], other: Float64[np.ndarray, "L P 3"]) -> Bool[np.ndarray, "L"]:
    """Which lines are. An array that is small beside the same array of other lines may be nothing but rounding."""
    one, other = np.nan_to_num(one), np.nan_to_num(other)
    size = np.maximum(one[..., 2:], other[..., 2:])
    near: Bool[np.ndarray, L] = np.abs(one - other) <= _ROUNDING * (size + _SMALL * size.mean(0))
    return np.asarray(near.all(axis=(1, 2)))


def _sums(values: np.ndarray) -> Float64[np.ndarray, "L 3"]:
    rows = values.reshape(len(values), -1).astype(np.float64)
    wave = np.cos(np.arange(rows.shape[1]))
    return np.stack([rows.sum(1), rows @ wave, np.abs(rows).sum(1)], axis=1)


def _tensors(value: object) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _tensors(part)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _tensors(part)
