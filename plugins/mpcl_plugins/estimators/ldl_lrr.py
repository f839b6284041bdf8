"""KL(D ‖ D_pred) + μ R + λ/2 ‖W‖² with D_pred = softmax(s), s = W x + b: the order of the labels counts as well.

    R = Σ_{j, l: D_j > D_l} (D_j − D_l)² log(1 + exp(s_l − s_j))        of a row; the sum over rows is weighted

LDL-LRR (Jia, Shen, Li, Lu & Zhu, *Label distribution learning by maintaining label ranking relation*, IEEE TKDE 35,
2023): a pair of labels in the wrong order costs the more, the further they lie apart.

Differs from the paper: an independent reconstruction. The logistic function acts on the scores, whose order is that of
the shares, so that the whole objective is convex; features are standardised.
"""

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Count, NonNegative, WindowSet
from mpcl_plugins.estimators._linear_scores import LinearScores, LinearScoresEstimator, check, divergence


class LDLLRR(LinearScoresEstimator):
    """Fit the maximum entropy model with a ranking loss.

    A window is described by its features as they are, and a signal by each channel's mean and standard deviation over
    the window; an absent modality contributes 0.

    Args:
        ranking: μ, the weight of the ranking loss.
        l2: λ, the penalty.
        steps: the most iterations of L-BFGS.

    Raises:
        ValueError: ``ranking`` or ``l2`` is negative, or ``steps`` below 1.
    """

    name = "ldl_lrr"

    def __init__(self, *, ranking: NonNegative = 0.1, l2: NonNegative = 0.1, steps: Count = 600) -> None:
        check(l2, steps, ranking=ranking)
        self.ranking, self.l2, self.steps = ranking, l2, steps

    def fit(self, windows: WindowSet) -> "LDLLRR":
        """Learn W and b.

        Args:
            windows: the fitting windows.

        Returns:
            The estimator itself.
        """
        self.model = LinearScores.fit(windows, lambda s: loss(windows.D, s, self.ranking), self.l2, self.steps)
        return self


def loss(
    D: Float64[np.ndarray, "N k"], scores: Float64[np.ndarray, "N k"], ranking: float
) -> tuple[Float64[np.ndarray, "N"], Float64[np.ndarray, "N k"]]:
    """Return KL + μ R of each window, and its gradient with respect to the scores.

    Args:
        D: (N, k) distributions.
        scores: (N, k) scores s.
        ranking: μ.

    Returns:
        (N,) losses, and (N, k) gradients.
    """
    from scipy.special import expit

    apart = (D[:, :, None] - D[:, None, :]).clip(0)
    behind = scores[:, None, :] - scores[:, :, None]
    kl, slope = divergence(D, scores)
    pull = apart**2 * expit(behind)
    R = (apart**2 * np.logaddexp(0, behind)).sum((1, 2))
    return kl + ranking * R, slope + ranking * (pull.sum(1) - pull.sum(2))
