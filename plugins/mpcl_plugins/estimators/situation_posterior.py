"""Recognise the situation and predict what is rated in it: D_pred = Σ_c p(c | x) D̄_c.

    p(c | x) = softmax(W x + b), W and b the minimum of mean cross-entropy + λ/2 ‖W‖²     x standardised
    D̄_c = (Σ_{i in c} w_i D_i + s w̄ D̄) / (Σ_{i in c} w_i + s w̄)                          w̄ the mean weight

A situation (the phase of a protocol, a clip) is known in training and never at test: signals must tell it. Where
situations explain most of what is rated, recognising them is a well-regularised way from signals to ratings; no model
of this kind is below the mean of each true situation (`condition_mean`), which is an oracle.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
from jaxtyping import Float64, Shaped

from mpcl_core.plugin import (
    Count,
    Estimator,
    FittedValues,
    NonNegative,
    Positive,
    StateValue,
    WindowSet,
    require_column,
)
from mpcl_plugins.estimators._linear_scores import LinearScores, divergence
from mpcl_plugins.estimators._log_ratios import check_alphas, inner_folds

_LEAST = 1e-9  # a probability, before its logarithm is taken


class SituationPosterior(Estimator):
    """Predict the mean distribution of each situation, weighted by a logistic regression on the signals.

    A window is described by its features as they are, and, where a modality is a signal, by the mean and the standard
    deviation of each of its channels. An absent modality has the features of the mean window. The situation of a
    predicted window is not used.

    Args:
        situation: the column that names the situations of the fitting windows.
        alphas: the values of λ among which the cross-entropy of the situations on up to 5 inner folds chooses; people
            are left out whole. A single one is used without a choice.
        shrinkage: s, how many windows of the overall mean are added to each situation.
        steps: the most iterations of L-BFGS.

    Raises:
        ValueError: ``alphas`` is empty, or one is not a number above 0.
    """

    name = "situation_posterior"

    def __init__(
        self,
        *,
        situation: Literal["condition", "stimulus"] = "condition",
        alphas: tuple[Positive, ...] = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
        shrinkage: NonNegative = 0.5,
        steps: Count = 200,
    ) -> None:
        check_alphas(alphas)
        self.situation, self.alphas, self.shrinkage, self.steps = situation, alphas, shrinkage, steps

    def fit(self, windows: WindowSet) -> "SituationPosterior":
        """Learn λ, the classifier and the means.

        Args:
            windows: the fitting windows.

        Returns:
            The estimator itself.

        Raises:
            DataError: a window names no situation.
        """
        require_column(windows, self.situation, self.name)
        self.alpha = self.alphas[0] if len(self.alphas) == 1 else self._choose(windows)
        names = self._names(windows)
        self._classifier = _Classifier.of(windows, names, self.alpha, self.steps)
        member = (names[:, None] == self._classifier.names).astype(np.float64)
        self._means = _mean_of_each(windows, member, self.shrinkage)
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Return the means of the situations, weighted by how likely the signals make each.

        Args:
            windows: N windows.

        Returns:
            (N, k) distributions.
        """
        D_pred: Float64[np.ndarray, "N k"] = self._classifier.probabilities(windows) @ self._means
        return D_pred

    def state_dict(self) -> FittedValues:
        return {
            "alpha": self.alpha,
            "means": self._means,
            "names": self._classifier.names,
            **self._classifier.scores.state_dict(),
        }

    def load_state_dict(self, state: Mapping[str, StateValue]) -> None:
        self.alpha, self._means = float(np.asarray(state["alpha"])), np.asarray(state["means"])
        self._classifier = _Classifier(LinearScores.from_state(state), np.asarray(state["names"]))

    def _choose(self, windows: WindowSet) -> float:
        loss = np.zeros(len(self.alphas))
        for inside, outside in inner_folds(windows):
            fitting, held_out = windows.take(inside), windows.take(outside)
            for i, alpha in enumerate(self.alphas):
                fitted = _Classifier.of(fitting, self._names(fitting), alpha, self.steps)
                loss[i] += held_out.weight @ fitted.cross_entropy(held_out, self._names(held_out))
        return self.alphas[int(loss.argmin())]

    def _names(self, windows: WindowSet) -> Shaped[np.ndarray, "N"]:
        names: Shaped[np.ndarray, N] = getattr(windows, self.situation)
        return names


@dataclass(frozen=True)
class _Classifier:
    """Hold a logistic regression on S situations, and their names in order."""

    scores: LinearScores
    names: Shaped[np.ndarray, "S"]

    @classmethod
    def of(cls, windows: WindowSet, situation: Shaped[np.ndarray, "N"], alpha: float, steps: int) -> "_Classifier":
        names, number = np.unique(situation, return_inverse=True)
        member = np.eye(len(names))[number]
        scores = LinearScores.fit(replace(windows, D=member), partial(divergence, member), alpha, steps)
        return cls(scores, names)

    def probabilities(self, windows: WindowSet) -> Float64[np.ndarray, "N S"]:
        return self.scores.predict(windows)

    def cross_entropy(self, windows: WindowSet, situation: Shaped[np.ndarray, "N"]) -> Float64[np.ndarray, "N"]:
        own = (self.probabilities(windows) * (situation[:, None] == self.names)).sum(1)
        found: Float64[np.ndarray, N] = -np.log(own.clip(_LEAST))  # a situation that was not fitted has no share
        return found


def _mean_of_each(
    windows: WindowSet, member: Float64[np.ndarray, "N S"], shrinkage: float
) -> Float64[np.ndarray, "S k"]:
    share = member.T * windows.weight
    overall = windows.weight @ windows.D / windows.weight.sum()
    added = max(shrinkage, 1e-9) * windows.weight.mean()  # defined also where a situation has no weight
    means: Float64[np.ndarray, "S k"] = (share @ windows.D + added * overall) / (share.sum(1, keepdims=True) + added)
    return means
