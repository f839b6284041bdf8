"""Provide the six metrics as functions that return the (weighted) mean over windows, and as scorers of scikit-learn.

`mpcl_core.evaluation.metrics` states their formulas. `window_scores` returns the scores of every window, and
`subject_scores` those of every subject.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from mpcl_core.evaluation.metrics import METRICS, micro_mean, subject_scores, window_scores
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.interfaces.metric import HIGHER_IS_BETTER

__all__ = [
    "METRICS",
    "canberra",
    "chebyshev",
    "clark",
    "cosine",
    "intersection",
    "kl_divergence",
    "micro_mean",
    "scorer",
    "subject_scores",
    "window_scores",
]


def chebyshev(
    D: Float[np.ndarray, "N k"], D_pred: Float[np.ndarray, "_ _"], weight: Float[np.ndarray, "N"] | None = None
) -> float:
    """Return the mean Chebyshev distance, ``max |d − p|``; 0 is best.

    Args:
        D: (N, k) true distributions.
        D_pred: (N, k) predicted distributions.
        weight: (N,) weights of the windows, from 0 on; equal where None.

    Returns:
        The weighted mean over windows, between 0 and 1.

    Raises:
        DataError: as `window_scores`, or a weight is negative or not finite, or all are 0.

    Example:
        >>> import numpy as np
        >>> chebyshev(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]]))
        0.25
    """
    return _mean("chebyshev", D, D_pred, weight)


def clark(
    D: Float[np.ndarray, "N k"], D_pred: Float[np.ndarray, "_ _"], weight: Float[np.ndarray, "N"] | None = None
) -> float:
    """Return the mean Clark distance, √ Σ ((d − p) / (d + p))²; 0 is best.

    A term with d = p = 0 is 0.

    Args:
        D: (N, k) true distributions.
        D_pred: (N, k) predicted distributions.
        weight: (N,) weights of the windows, from 0 on; equal where None.

    Returns:
        The weighted mean over windows, between 0 and √k.

    Raises:
        DataError: as `window_scores`, or a weight is negative or not finite, or all are 0.

    Example:
        >>> import numpy as np
        >>> round(clark(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]])), 4)
        0.3887
    """
    return _mean("clark", D, D_pred, weight)


def canberra(
    D: Float[np.ndarray, "N k"], D_pred: Float[np.ndarray, "_ _"], weight: Float[np.ndarray, "N"] | None = None
) -> float:
    """Return the mean Canberra distance, ``Σ |d − p| / (d + p)``; 0 is best.

    A term with d = p = 0 is 0.

    Args:
        D: (N, k) true distributions.
        D_pred: (N, k) predicted distributions.
        weight: (N,) weights of the windows, from 0 on; equal where None.

    Returns:
        The weighted mean over windows, between 0 and k.

    Raises:
        DataError: as `window_scores`, or a weight is negative or not finite, or all are 0.

    Example:
        >>> import numpy as np
        >>> round(canberra(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]])), 4)
        0.5333
    """
    return _mean("canberra", D, D_pred, weight)


def kl_divergence(
    D: Float[np.ndarray, "N k"], D_pred: Float[np.ndarray, "_ _"], weight: Float[np.ndarray, "N"] | None = None
) -> float:
    """Return the mean Kullback–Leibler divergence KL(d ‖ p), Σ d ln(d / p); 0 is best.

    A term with d = 0 is 0, and p is floored at 1e-12, so that a share predicted as 0 gives a finite value.

    Args:
        D: (N, k) true distributions.
        D_pred: (N, k) predicted distributions.
        weight: (N,) weights of the windows, from 0 on; equal where None.

    Returns:
        The weighted mean over windows, in nats, from 0 on.

    Raises:
        DataError: as `window_scores`, or a weight is negative or not finite, or all are 0.

    Example:
        >>> import numpy as np
        >>> round(kl_divergence(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]])), 4)
        0.1438
    """
    return _mean("kl_divergence", D, D_pred, weight)


def cosine(
    D: Float[np.ndarray, "N k"], D_pred: Float[np.ndarray, "_ _"], weight: Float[np.ndarray, "N"] | None = None
) -> float:
    """Return the mean cosine similarity, Σ d p / (‖d‖ ‖p‖); 1 is best.

    Args:
        D: (N, k) true distributions.
        D_pred: (N, k) predicted distributions.
        weight: (N,) weights of the windows, from 0 on; equal where None.

    Returns:
        The weighted mean over windows, between 0 and 1.

    Raises:
        DataError: as `window_scores`, or a weight is negative or not finite, or all are 0.

    Example:
        >>> import numpy as np
        >>> round(cosine(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]])), 4)
        0.8944
    """
    return _mean("cosine", D, D_pred, weight)


def intersection(
    D: Float[np.ndarray, "N k"], D_pred: Float[np.ndarray, "_ _"], weight: Float[np.ndarray, "N"] | None = None
) -> float:
    """Return the mean intersection, Σ min(d, p); 1 is best.

    Args:
        D: (N, k) true distributions.
        D_pred: (N, k) predicted distributions.
        weight: (N,) weights of the windows, from 0 on; equal where None.

    Returns:
        The weighted mean over windows, between 0 and 1.

    Raises:
        DataError: as `window_scores`, or a weight is negative or not finite, or all are 0.

    Example:
        >>> import numpy as np
        >>> round(intersection(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]])), 4)
        0.75
    """
    return _mean("intersection", D, D_pred, weight)


def scorer(name: str) -> Callable[..., float]:
    """Return a metric as a scikit-learn scorer, for which greater is always better.

    Distances are negated, so that ``GridSearchCV`` and ``cross_val_score`` select in the right direction.

    Args:
        name: one of `METRICS`.

    Returns:
        A scorer, called as ``scorer(estimator, X, D)`` with an estimator whose ``predict`` returns distributions.

    Raises:
        UsageError: there is no such metric.

    Example:
        >>> import numpy as np
        >>> from sklearn.dummy import DummyRegressor
        >>> X, D = np.zeros((2, 1)), np.array([[0.5, 0.5], [0.25, 0.75]])
        >>> scorer("chebyshev")(DummyRegressor().fit(X, D), X, D)
        -0.125
    """
    from sklearn.metrics import make_scorer

    if name not in METRICS:
        raise UsageError(f"no metric '{name}'. Metrics: {', '.join(METRICS)}.")
    functions = (chebyshev, clark, canberra, kl_divergence, cosine, intersection)
    function = dict(zip(METRICS, functions, strict=True))[name]
    made: Callable[..., float] = make_scorer(function, greater_is_better=HIGHER_IS_BETTER[name])
    return made


def _mean(
    name: str, D: Float[np.ndarray, "N k"], D_pred: Float[np.ndarray, "_ _"], weight: Float[np.ndarray, "N"] | None
) -> float:
    scores = window_scores(D, D_pred).by_metric
    return micro_mean(scores, np.ones(len(D)) if weight is None else weight)[name]
