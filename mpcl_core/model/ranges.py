"""Compare windows with the range of each channel that a model has seen in its training."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Bool, Float64
from pydantic import BaseModel, ConfigDict

from mpcl_core.interfaces.data import Modality, WindowSet

TOLERANCE = 0.5
"""How far a window may lie outside a range, in widths of the range, before it is flagged."""

Bounds = tuple[float, float]


class ModalityRange(BaseModel):
    """Hold the lowest and highest value of each channel, or entry of a table, in training windows.

    Args:
        mean: (c, 2) of the mean over a window; of a table, (c·t, 2) of its entries.
        sd: (c, 2) of the standard deviation in a window; empty for tables of features.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mean: tuple[Bounds, ...]
    sd: tuple[Bounds, ...] = ()


def training_ranges(windows: WindowSet) -> dict[str, ModalityRange]:
    """Return the range of each channel.

    Args:
        windows: the training windows, after the model's ``prepare``.

    Returns:
        Modality -> range; a modality that no window has is left out.
    """
    found = {}
    for modality in windows.modalities:
        name, values = modality.name, windows.X[modality.name]
        if windows.present[name].any() and values.size:
            statistics = _statistics(values[windows.present[name]], modality)
            found[name] = ModalityRange(**{key: _bounds(each) for key, each in statistics.items()})
    return found


def merge_ranges(parts: Sequence[Mapping[str, ModalityRange]]) -> dict[str, ModalityRange]:
    """Return the ranges of several sets of windows together.

    Args:
        parts: the ranges of each set.

    Returns:
        Modality -> range.
    """
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: _joined([part[name] for part in parts if name in part]) for name in names}


def _joined(parts: Sequence[ModalityRange]) -> ModalityRange:
    def bounds(of: Sequence[tuple[Bounds, ...]]) -> tuple[Bounds, ...]:
        values = np.array(of)
        if not values.size:
            return ()
        return tuple(zip(values[..., 0].min(0).tolist(), values[..., 1].max(0).tolist(), strict=True))

    return ModalityRange(mean=bounds([part.mean for part in parts]), sd=bounds([part.sd for part in parts]))


def outside_ranges(windows: WindowSet, ranges: Mapping[str, ModalityRange]) -> dict[str, Bool[np.ndarray, "N"]]:
    """Find the windows in which a channel lies far outside the range that was seen in the training.

    Args:
        windows: N windows, after the model's ``prepare``.
        ranges: as `training_ranges` returned them.

    Returns:
        Modality -> (N,) whether the mean or the standard deviation of a channel is more than half a width of the range
        outside of it.
    """
    found = {}
    for modality in (each for each in windows.modalities if each.name in ranges):
        name, stated = modality.name, ranges[modality.name]
        present = windows.present[name]
        outside = np.zeros(len(windows), bool)
        if present.any():
            values = _statistics(windows.X[name][present], modality)
            parts = [_is_outside(values[key], getattr(stated, key)) for key in values if getattr(stated, key)]
            outside[present] = np.any(parts, axis=0)
        found[name] = outside
    return found


def _statistics(values: np.ndarray, modality: Modality) -> dict[str, Float64[np.ndarray, "N c"]]:
    if modality.sfreq is None:
        return {"mean": values.reshape(len(values), -1).astype(np.float64)}
    found = {"mean": values.mean(2, dtype=np.float64)}
    return found if values.shape[2] < 2 else found | {"sd": values.std(2, dtype=np.float64)}


def _bounds(values: Float64[np.ndarray, "N c"]) -> tuple[Bounds, ...]:
    return tuple(zip(values.min(0).tolist(), values.max(0).tolist(), strict=True))


def _is_outside(values: Float64[np.ndarray, "N c"], bounds: tuple[Bounds, ...]) -> Bool[np.ndarray, "N"]:
    low, high = np.array(bounds).T
    margin = TOLERANCE * (high - low) + 1e-6 * np.maximum(np.abs(low), np.abs(high))
    outside: Bool[np.ndarray, N] = ((values < low - margin) | (values > high + margin)).any(1)
    return outside
