"""Provide what the ridge regressions share: log-ratios, their divergence, and people that are left out in turn."""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float64, Shaped

from mpcl_core.plugin import WindowSet

LEAST = 1e-6
"""The smallest share whose logarithm is taken; smaller ones count as this."""

INNER = 5
"""Inner folds, at most, on which penalties are chosen."""


def clr(D: Float64[np.ndarray, "N k"]) -> Float64[np.ndarray, "N k"]:
    """Compute the centred log-ratios of distributions.

    Args:
        D: (N, k) distributions.

    Returns:
        (N, k) log D less its mean over the k emotions.
    """
    logarithm = np.log(D.clip(LEAST))
    centred: Float64[np.ndarray, "N k"] = logarithm - logarithm.mean(1, keepdims=True)
    return centred


def shift_log_ratios(
    centre: Float64[np.ndarray, "*N k"], deviation: Float64[np.ndarray, "N k"]
) -> Float64[np.ndarray, "N k"]:
    """Compute the distributions that deviate from a centre by given log-ratios.

    Args:
        centre: (k) or (N, k) distributions.
        deviation: (N, k) log-ratios.

    Returns:
        (N, k) softmax(log centre + deviation).
    """
    logits = np.log(centre.clip(LEAST)) + deviation
    raised = np.exp(logits - logits.max(1, keepdims=True))
    D_pred: Float64[np.ndarray, "N k"] = raised / raised.sum(1, keepdims=True)
    return D_pred


def divergence(D: Float64[np.ndarray, "N k"], D_pred: Float64[np.ndarray, "N k"]) -> Float64[np.ndarray, "N"]:
    """Compute KL(D ‖ D_pred) of each window.

    Args:
        D, D_pred: (N, k) distributions.

    Returns:
        (N,) in nats.
    """
    from scipy.special import rel_entr

    found: Float64[np.ndarray, N] = rel_entr(D, D_pred.clip(1e-12)).sum(1)
    return found


def check_alphas(alphas: Sequence[float]) -> None:
    """Raise an error unless there are penalties to choose from.

    Args:
        alphas: the penalties.

    Raises:
        ValueError: there is none, or one is not a number above 0.
    """
    if not alphas or not all(np.isfinite(alpha) and alpha > 0 for alpha in alphas):
        raise ValueError(f"alphas is {list(alphas)}, but must hold numbers above 0")


def inner_folds(windows: WindowSet) -> Iterator[tuple[Shaped[np.ndarray, "_"], Shaped[np.ndarray, "_"]]]:
    """Leave out whole groups in turn: subjects, else trials (of one subject), else windows (of one trial).

    Args:
        windows: the fitting windows.

    Yields:
        Indices of the windows to fit and of those left out; nothing where there is one window only.
    """
    from sklearn.model_selection import GroupKFold

    columns: Sequence[Shaped[np.ndarray, N]] = (windows.subject, windows.trial)
    groups = next((column for column in columns if len(np.unique(column)) > 1), np.arange(len(windows)))
    folds = min(INNER, len(np.unique(groups)))
    yield from GroupKFold(folds).split(groups, groups=groups) if folds > 1 else iter(())
