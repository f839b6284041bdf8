"""Average the windows of each trial, so that a model learns trials; predictions are repeated for the windows.

    x_m = Σ_i p_im x_im / Σ_i p_im     D = Σ_i w_i D_i / Σ_i w_i     w = n_trials / n_windows · Σ_i w_i

over the windows i of a trial, with p_im whether window i has modality m; m is present in a trial if any window has it.
Trials lie within the windows that are handed over (a side of a fold), so no window of another side takes part.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Int64

from mpcl_core.interfaces.data import TEXT_COLUMNS, Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.spec.pool import PoolSettings
from mpcl_core.toolkit.name_codes import number_names
from mpcl_core.toolkit.window_keys import require_column


@dataclass(frozen=True)
class PooledWindows:
    """Hold one row for each of T trials, and the trial of each of the N windows that they were made of.

    Args:
        windows: the T trials, in the order in which they begin; ``window`` is 0.
        trial: (N,) index of each window's trial; a slice of all where the windows were not pooled.
    """

    windows: WindowSet
    trial: Int64[np.ndarray, "N"] | slice


def pooled(windows: WindowSet, settings: PoolSettings | None) -> PooledWindows:
    """Return the rows that a model learns or predicts.

    Args:
        windows: N windows.
        settings: the recipe's ``pool``; None where models learn windows.

    Returns:
        The trials; the windows themselves where nothing is pooled.

    Raises:
        DataError: as `pool_windows`.
    """
    return PooledWindows(windows, slice(None)) if settings is None else pool_windows(windows)


def pool_windows(windows: WindowSet) -> PooledWindows:
    """Average the windows of each trial.

    Args:
        windows: N windows of tables of features.

    Returns:
        The trials.

    Raises:
        DataError: a window names no trial, or a modality is a signal.

    Example:
        >>> X, present = {"face": np.array([[[1.0]], [[3.0]]], np.float32)}, {"face": np.ones(2, bool)}
        >>> D = np.full((2, 2), 0.5)
        >>> windows = WindowSet((Modality("face", 1, 1),), X, present, D, ("joy", "fear"), trial=np.array(["a", "a"]))
        >>> pool_windows(windows).windows.X["face"].tolist()
        [[[2.0]]]
    """
    require_tables(windows.modalities)
    trial, first = number_trials(windows)
    n, weight = len(first), _sums(windows.weight, trial)
    shares = np.where(weight[trial] > 0, windows.weight, 1.0)
    text = {name: getattr(windows, name)[first] for name in TEXT_COLUMNS}
    present = {name: _sums(mask.astype(np.float64), trial) > 0 for name, mask in windows.present.items()}
    pooled = replace(
        windows,
        X={name: _mean(values, windows.present[name], trial) for name, values in windows.X.items()},
        present=present,
        D=_sums(windows.D * shares[:, None], trial) / _sums(shares, trial)[:, None],
        weight=weight * (n / len(windows)),
        window=np.zeros(n, np.int64),
        t_start=_extreme(np.fmin, windows.t_start, trial),
        t_stop=_extreme(np.fmax, windows.t_stop, trial),
        **text,
    )
    return PooledWindows(pooled, trial)


def require_tables(modalities: Sequence[Modality]) -> None:
    """Raise an error unless all modalities are tables of features, whose mean over windows says something.

    Args:
        modalities: the modalities after all transforms.

    Raises:
        DataError: one is a signal; names the first.

    Example:
        >>> require_tables([Modality("gsr", n_chans=1, n_times=8, sfreq=4.0)])  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        mpcl_core.interfaces.errors.DataError: gsr: 'pool' averages features, but this is a signal, ...
    """
    for modality in modalities:
        if modality.sfreq is not None:
            message = (
                "'pool' averages features, but this is a signal, whose samples in different windows do not belong "
                "together; compute features of it under 'prepare'"
            )
            raise DataError(message, field=modality.name)


def number_trials(windows: WindowSet) -> tuple[Int64[np.ndarray, "N"], Int64[np.ndarray, "T"]]:
    """Assign numbers to the trials of windows in the order in which they begin.

    Args:
        windows: N windows.

    Returns:
        (N,) the number of each window's trial, and (T,) the index of the first window of each trial.

    Raises:
        DataError: a window names no trial.

    Example:
        >>> D = np.full((3, 2), 0.5)
        >>> subject, trial = np.array(["b", "a", "b"]), np.array(["1", "1", "1"])
        >>> number_trials(WindowSet((), {}, {}, D, ("joy", "fear"), subject=subject, trial=trial))
        (array([0, 1, 0]), array([0, 1]))
    """
    require_column(windows, "trial", "pool")
    (_, person), (trials, within) = number_names(windows.subject), number_names(windows.trial)
    _, first, number = np.unique(person * len(trials) + within, return_index=True, return_inverse=True)
    order = np.argsort(first)
    return np.argsort(order)[number.reshape(-1)], first[order]


def median_seconds(windows: WindowSet) -> float | None:
    """Return how long the trials of windows are.

    Args:
        windows: N windows, each of which names its trial.

    Returns:
        The median over trials of the seconds from the first start to the last end, rounded to tenths; None where no
        trial has times.

    Example:
        >>> D, t = np.full((2, 2), 0.5), np.array([0.0, 2.0])
        >>> trial = {"subject": np.array(["a", "a"]), "trial": np.array(["1", "1"])}
        >>> median_seconds(WindowSet((), {}, {}, D, ("joy", "fear"), t_start=t, t_stop=t + 4, **trial))
        6.0
    """
    trial, _ = number_trials(windows)
    seconds = _extreme(np.fmax, windows.t_stop, trial) - _extreme(np.fmin, windows.t_start, trial)
    return round(float(np.nanmedian(seconds)), 1) if np.isfinite(seconds).any() else None


def _sums(values: Float64[np.ndarray, "N ..."], trial: Int64[np.ndarray, "N"]) -> Float64[np.ndarray, "T ..."]:
    total = np.zeros((trial.max() + 1, *values.shape[1:]))
    np.add.at(total, trial, values)
    return total


def _mean(
    values: Float32[np.ndarray, "N c t"], present: Bool[np.ndarray, "N"], trial: Int64[np.ndarray, "N"]
) -> Float32[np.ndarray, "T c t"]:
    n = _sums(present.astype(np.float64), trial).clip(1)  # absent windows hold 0
    mean: Float32[np.ndarray, "T c t"] = (_sums(values.astype(np.float64), trial) / n[:, None, None]).astype(np.float32)
    return mean


def _extreme(
    chosen: np.ufunc, times: Float[np.ndarray, "N"], trial: Int64[np.ndarray, "N"]
) -> Float64[np.ndarray, "T"]:
    found = np.full(trial.max() + 1, np.nan)
    chosen.at(found, trial, times)
    return found
