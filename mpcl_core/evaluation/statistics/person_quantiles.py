"""Compute quantiles of scores of windows over whole people.

    q = min {s : Σ_i Σ_j 1[s_ij ≤ s] / ((n + 1) N_i) ≥ coverage}

over the scores s_ij of the N_i windows j of each of n people i. The remaining mass 1 / (n + 1) is that of a new person
and lies at infinity. For a window of a new person who is exchangeable with these n people, P(s ≤ q) ≥ coverage (Lee,
Barber & Willett, "Distribution-free inference with hierarchical data", 2023, HCP), however many windows each person has
and however alike these are. The windows of one person are no independent examples, so a quantile over windows would
promise too much.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64, Shaped

from mpcl_core.toolkit.name_codes import number_names


def people_needed(coverage: float) -> int:
    """Return how many people a coverage needs: the least n with n ≥ coverage (n + 1).

    Args:
        coverage: the stated coverage.

    Returns:
        The number of people.

    Example:
        >>> people_needed(0.9), people_needed(0.8)
        (9, 4)
    """
    return int(np.ceil(coverage / (1 - coverage) - 1e-9))


def person_masses(subject: Shaped[np.ndarray, "N"]) -> Float64[np.ndarray, "N"]:
    """Share 1 / (n + 1) among the windows of each of n people.

    Args:
        subject: (N,) the person of each window.

    Returns:
        (N,) the share of each window.

    Example:
        >>> person_masses(np.array(["a", "a", "a", "a", "b"])).round(3).tolist()
        [0.083, 0.083, 0.083, 0.083, 0.333]
    """
    _, person = number_names(subject)
    count = np.bincount(person)
    mass: Float64[np.ndarray, N] = (1 / ((len(count) + 1) * count))[person]
    return mass


def person_quantiles(
    scores: Float64[np.ndarray, "R N"], mass: Float64[np.ndarray, "N"], coverages: Sequence[float]
) -> Float64[np.ndarray, "R C"]:
    """Return the quantile q of the module's equation for each coverage.

    At least coverage / max(mass) scores are no higher than q, so that only the scores above these are sorted.

    Args:
        scores: (R, N) scores of several kinds of each window.
        mass: (N,) as `person_masses` returned it.
        coverages: the stated coverages; there are as many people as they need.

    Returns:
        (R, C) a quantile of each kind for each coverage.

    Example:
        >>> person_quantiles(np.arange(20.0)[None], person_masses(np.arange(20)), [0.9, 0.5]).tolist()
        [[18.0, 10.0]]
    """
    aims = [coverage - 1e-9 for coverage in coverages]
    first = min(max(int(min(aims) / mass.max()) - 2, 0), scores.shape[1] - 1)
    above = np.argpartition(scores, first, axis=1)[:, first:]
    order = np.argsort(np.take_along_axis(scores, above, axis=1), axis=1)
    above = np.take_along_axis(above, order, axis=1)
    added = mass[above]
    reached = mass.sum() - added.sum(1, keepdims=True) + np.cumsum(added, axis=1)
    places = np.stack([np.argmax(reached >= aim, axis=1) for aim in aims], axis=1)
    found: Float64[np.ndarray, "R C"] = np.take_along_axis(scores, np.take_along_axis(above, places, axis=1), axis=1)
    return found
