"""D_pred = softmax(W x + b) that minimises Σ_i w_i KL(D_i ‖ D_pred_i) / Σ w + λ/2 ‖W‖², by L-BFGS.

SA-BFGS, the maximum entropy model (Geng, *Label distribution learning*, IEEE TKDE 28, 2016), in its limited-memory
form.

Differs from the paper: x is standardised and W is penalised. Without a penalty the model overfits the 213 faces of
SJAFFE (ten folds of windows: KL .160), and the published figures rest on stopping early on raw features. They
are KL .064 ± .016 for the paper's own program and .051 ± .009 for PyLDL (both from the README of PyLDL, ten times
ten folds); here .042 (docs/results/ldl.md).
"""

from functools import partial

from mpcl_core.plugin import Count, NonNegative, WindowSet
from mpcl_plugins.estimators._linear_scores import LinearScores, LinearScoresEstimator, check, divergence


class SABFGS(LinearScoresEstimator):
    """Fit the maximum entropy model on standardised features.

    A window is described by its features as they are, and a signal by each channel's mean and standard deviation over
    the window; an absent modality contributes 0.

    Args:
        l2: λ, the penalty; 0 is the published model.
        steps: the most iterations of L-BFGS.

    Raises:
        ValueError: ``l2`` is negative, or ``steps`` below 1.
    """

    name = "sa_bfgs"

    def __init__(self, *, l2: NonNegative = 0.1, steps: Count = 600) -> None:
        check(l2, steps)
        self.l2, self.steps = l2, steps

    def fit(self, windows: WindowSet) -> "SABFGS":
        """Learn W and b.

        Args:
            windows: the fitting windows.

        Returns:
            The estimator itself.
        """
        self.model = LinearScores.fit(windows, partial(divergence, windows.D), self.l2, self.steps)
        return self
