"""The deviation of log-ratios, linear in the features, shrunk by itself at each level of a hierarchy of emotions.

    y = clr(D) − mean clr(D) = Σ_g P_g y     D_pred = softmax(log D̄ + Σ_g B_g x)
    B_g = argmin Σ w_i ‖P_g y_i − B x_i‖² / Σ w + α_g ‖B‖²

P_g project on orthogonal directions: the balances between groups of emotions (pleasant against unpleasant), and the
contrasts within each group. This is the idea of a hierarchy from emotions to valence (`hsc`) as shrinkage of the label
side: where few people are rated, valence can be learnt and the finer contrasts cannot. With ``split: random`` the
groups are drawn, which is the control: what a random hierarchy gains is not due to valence.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Natural, Positive, WindowSet
from mpcl_plugins.estimators._penalised import LinearFit, PenalisedRidge


class HierarchicalRidge(PenalisedRidge):
    """Fit a ridge regression of log-ratios with penalties for the valence balance and for contrasts in it.

    Args:
        alphas: the values of α among which the KL on up to 5 inner folds chooses, one for each level; people are left
            out whole. A single one is used without a choice.
        split: ``valence``, the groups that the source states (all emotions are one group, with one penalty, where it
            states none); ``random``, groups of the same sizes that are drawn.
        seed: of the drawn groups.

    Raises:
        ValueError: ``alphas`` is empty, or one is not a number above 0.
    """

    name = "hierarchical_ridge"

    def __init__(
        self,
        *,
        alphas: tuple[Positive, ...] = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0),
        split: Literal["valence", "random"] = "valence",
        seed: Natural = 0,
    ) -> None:
        super().__init__(alphas=alphas)
        self.split, self.seed = split, seed

    def parts(self, windows: WindowSet) -> Sequence[np.ndarray]:
        """Return the projection of each level.

        Args:
            windows: the fitting windows.

        Returns:
            (k, k) for the balances between groups, then for the contrasts within each group of two or more emotions.
        """
        groups = _groups(windows)
        if self.split == "random":
            ends = np.cumsum([len(group) for group in groups])
            drawn = np.random.default_rng(self.seed).permutation(windows.n_outputs)
            groups = [part.tolist() for part in np.split(drawn, ends[:-1])]
        return _projections(groups, windows.n_outputs)

    def coefficients(
        self, fit: LinearFit, parts: Sequence[np.ndarray], penalties: Sequence[float]
    ) -> Float64[np.ndarray, "f k"]:
        from scipy.linalg import solve

        unit = np.eye(len(fit.gram))
        by_level = [
            solve(fit.gram + penalty * unit, fit.moment @ projection, assume_a="pos")
            for projection, penalty in zip(parts, penalties, strict=True)
        ]
        B: Float64[np.ndarray, "f k"] = np.sum(by_level, axis=0)
        return B


def _groups(windows: WindowSet) -> list[list[int]]:
    """Return the pleasant, the unpleasant and the other emotions; all as one group without a valence.

    Returns:
        Indices of the emotions of each group that has any.
    """
    if windows.valence is None:
        return [list(range(windows.n_outputs))]
    valence = [set(windows.valence.positive), set(windows.valence.negative)]
    stated = [[i for i, label in enumerate(windows.labels) if label in group] for group in valence]
    rest = [i for i, label in enumerate(windows.labels) if label not in valence[0] | valence[1]]
    return [group for group in (*stated, rest) if group]


def _projections(groups: Sequence[Sequence[int]], k: int) -> list[Float64[np.ndarray, "k k"]]:
    """Return the projections on the balances between groups and on the contrasts within each.

    Returns:
        (k, k) symmetric projections with orthogonal images.
    """
    member = np.zeros((len(groups), k))
    for number, group in enumerate(groups):
        member[number, list(group)] = 1
    means = (member / member.sum(1, keepdims=True)).T @ member
    within = [np.diag(own) - np.outer(own, own) / own.sum() for own in member if own.sum() > 1]
    balances = [means - np.full((k, k), 1 / k)] if len(groups) > 1 else []
    return [*balances, *within]
