"""The deviation of log-ratios, linear in the directions that two streams share, which are learnt without ratings.

    h = [X_1 W_1 diag(c); X_2 W_2 diag(c)], W the canonical directions of the streams, c their correlations
    B = argmin Σ w_i ‖y_i − B h_i‖² / Σ w + α ‖B‖²     D_pred = softmax(log D̄ + B h)

The classical form of contrastive learning between streams (`pcl`, `centred_contrast`): where few people are rated and
many recorded, what two streams have in common can be learnt from all, and the ratings need to fix its sign only. With
``pairing: destroyed`` each trial of a stream is joined to that of another, which is the control.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float64
from pydantic import Field

from mpcl_core.plugin import Name, Natural, Positive, StateValue, WindowSet
from mpcl_plugins.estimators._canonical import StreamDirections
from mpcl_plugins.estimators._penalised import Description, LinearFit, PenalisedRidge

Names = Annotated[tuple[Name, ...], Field(min_length=1)]


class CanonicalRidge(PenalisedRidge):
    """Fit a ridge regression of log-ratios on the shared directions of two streams.

    The directions are learnt from all fitting windows and from those whose ratings are hidden (``rated_subjects``);
    only windows that have both streams take part in that. An absent modality has the features of the mean window.

    Args:
        first, second: the modalities of the two streams.
        alphas: the values of α among which the KL on up to 5 inner folds chooses; people are left out whole. A single
            one is used without a choice.
        shrinkage: a, what is added to the variances before the directions are computed, as a share of their mean.
        pairing: ``own`` trials of both streams belong together; ``destroyed``, each is joined to a drawn one.
        seed: of the drawn pairs.

    Raises:
        ValueError: ``alphas`` is empty or one is not a number above 0; or a stream has no modality, or shares one.
    """

    name = "canonical_ridge"

    def __init__(
        self,
        *,
        first: Names,
        second: Names,
        alphas: tuple[Positive, ...] = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
        shrinkage: Positive = 0.3,
        pairing: Literal["own", "destroyed"] = "own",
        seed: Natural = 0,
    ) -> None:
        super().__init__(alphas=alphas)
        if not first or not second or set(first) & set(second):
            raise ValueError("first and second must each name modalities, and none twice")
        self.first, self.second, self.shrinkage = first, second, shrinkage
        self.pairing, self.seed = pairing, seed
        self._directions: StreamDirections | None = None

    def observe_signals(self, windows: WindowSet) -> None:
        """Learn the directions from windows with and without ratings.

        Args:
            windows: the windows.
        """
        self._directions = self._learn(windows)

    def fit(self, windows: WindowSet) -> "CanonicalRidge":
        """Choose α and fit all windows, on the directions of the observed signals.

        Args:
            windows: the fitting windows; the directions are learnt from them where none were observed.

        Returns:
            The estimator itself.
        """
        if self._directions is None:
            self._directions = self._learn(windows)
        super().fit(windows)
        return self

    def description(self, windows: WindowSet) -> Description:
        """Return the directions, which use no rating and so are the same in all inner folds.

        Args:
            windows: the windows to fit.

        Returns:
            The description by (N, 2 r) features.
        """
        return self._directions or self._learn(windows)

    def parts(self, windows: WindowSet) -> Sequence[np.ndarray]:
        return [np.zeros(0, np.int64)]

    def coefficients(
        self, fit: LinearFit, parts: Sequence[np.ndarray], penalties: Sequence[float]
    ) -> Float64[np.ndarray, "f k"]:
        from scipy.linalg import solve

        B: Float64[np.ndarray, "f k"] = solve(
            fit.gram + penalties[0] * np.eye(len(fit.gram)), fit.moment, assume_a="pos"
        )
        return B

    def loaded_description(self, state: Mapping[str, StateValue]) -> Description:
        return StreamDirections.from_state(state, self.first, self.second)

    def _learn(self, windows: WindowSet) -> StreamDirections:
        drawn = np.random.default_rng(self.seed) if self.pairing == "destroyed" else None
        return StreamDirections.of(windows, self.first, self.second, self.shrinkage, drawn)
