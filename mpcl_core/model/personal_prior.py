"""Shift predicted distributions by a personal prior: p' ∝ p exp(b).

    b = T / (T + λ) · mean_t (clr(D_t) - clr(P_t))

over T rated trials t of a person, with the centred log-ratio clr of truth D_t and prediction P_t. λ is the variance of
a trial's error around the mean error of its person, over the variance of these means between people, measured on the
held-out people of the training: the linear empirical Bayes estimate of the person's offset (Efron & Morris, 1973).
"""

import numpy as np
from jaxtyping import Float64

from mpcl_core.evaluation.error_bars import log_ratio

DEFAULT_SHRINKAGE = 4.0
"""λ where the training had too few people to measure it."""


def personal_offset(
    D: Float64[np.ndarray, "T k"], D_pred: Float64[np.ndarray, "T k"], shrinkage: float | None
) -> Float64[np.ndarray, "k"]:
    """Return the offset b of a person.

    Args:
        D: (T, k) rated distributions of trials.
        D_pred: (T, k) their predictions.
        shrinkage: λ; None where it is unknown.

    Returns:
        (k,) what is added to the logarithm of the shares.

    Example:
        >>> D, P = np.array([[0.8, 0.2]]), np.array([[0.5, 0.5]])
        >>> personal_offset(D, P, 1.0).round(2).tolist()
        [0.34, -0.34]
    """
    weight = len(D) / (len(D) + (DEFAULT_SHRINKAGE if shrinkage is None else shrinkage))
    offset: Float64[np.ndarray, k] = weight * (log_ratio(D) - log_ratio(D_pred)).mean(0)
    return offset


def shift_distributions(
    D_pred: Float64[np.ndarray, "N k"], offset: Float64[np.ndarray, "k"]
) -> Float64[np.ndarray, "N k"]:
    """Return p' ∝ p exp(b).

    Args:
        D_pred: (N, k) distributions.
        offset: (k,) b.

    Returns:
        (N, k) distributions.
    """
    shares = D_pred * np.exp(offset)
    shifted: Float64[np.ndarray, "N k"] = shares / shares.sum(1, keepdims=True)
    return shifted
