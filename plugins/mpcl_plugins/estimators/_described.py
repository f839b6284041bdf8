"""A row as one vector, for models that compare rows."""

from collections.abc import Sequence

import numpy as np
from einops import rearrange
from jaxtyping import Float32, Float64

from mpcl_core.plugin import DataError, Modality, WindowSet


def described(windows: WindowSet, modalities: Sequence[str] | None, who: str) -> Float64[np.ndarray, "N f"]:
    """The chosen modalities side by side: features as they are, a signal by each channel's mean and standard
    deviation over the window, because raw samples of two windows never match in phase.

    Args:
        windows: the rows.
        modalities: those that are looked at; all where none are given.
        who: the component that asks, for the error.

    Raises:
        DataError: the study lacks one of them.
    """
    known = {modality.name: modality for modality in windows.modalities}
    chosen = list(known) if modalities is None else modalities
    if missing := [name for name in chosen if name not in known]:
        raise DataError(f"'{who}' knows no modality {', '.join(missing)}. There are: {', '.join(known)}")
    return np.concatenate([_one(windows.X[name], known[name]) for name in chosen], axis=1)


def _one(values: Float32[np.ndarray, "N c t"], modality: Modality) -> Float64[np.ndarray, "N _"]:
    if modality.sfreq is None:
        return rearrange(values, "N c t -> N (c t)").astype(np.float64)
    return np.concatenate([values.mean(2, dtype=np.float64), values.std(2, dtype=np.float64)], axis=1)


def check_neighbours(k: int, modalities: Sequence[str] | None) -> None:
    """That there is a neighbour to average and something to compare.

    Raises:
        ValueError: ``k`` is below 1, or ``modalities`` is empty.
    """
    if k < 1:
        raise ValueError(f"k is {k}, but at least 1 neighbour is needed")
    if modalities is not None and not modalities:
        raise ValueError("modalities is empty; leave it out to compare all")
