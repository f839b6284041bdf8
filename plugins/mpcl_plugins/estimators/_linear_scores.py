"""s = W x + b, D_pred = softmax(s), with W and b the minimum of Σ_i w_i ℓ_i(s_i) / Σ w + λ/2 ‖W‖² by L-BFGS.

The maximum entropy model of label distribution learning (Geng, *Label distribution learning*, IEEE TKDE 28, 2016),
whatever loss is put on its scores. The intercept b is not penalised.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Estimator, FittedValues, Standard, StateValue, WindowSet

Loss = Callable[[Float64[np.ndarray, "N k"]], tuple[Float64[np.ndarray, "N"], Float64[np.ndarray, "N k"]]]
"""Scores -> the loss of each row, and its gradient with respect to the row's scores."""


@dataclass(frozen=True)
class LinearScores:
    """Hold a fitted linear model.

    Args:
        standard: standardises the features.
        coefficients: (f + 1, k), the intercept last.
    """

    standard: Standard
    coefficients: Float64[np.ndarray, "f1 k"]

    @classmethod
    def fit(cls, windows: WindowSet, loss: Loss, l2: float, steps: int) -> "LinearScores":
        """Return the model at the minimum for these windows, or where ``steps`` iterations have led.

        Args:
            windows: the fitting windows.
            loss: of their scores.
            l2: λ.
            steps: the most iterations.

        Returns:
            The fitted model.
        """
        from scipy.optimize import fmin_l_bfgs_b

        standard = Standard.of(windows)
        x, k = with_one(standard.features(windows)), windows.n_outputs
        start = np.zeros(x.shape[1] * k)
        found, _, _ = fmin_l_bfgs_b(objective, start, args=(x, windows.weight, loss, l2), maxiter=steps)
        return cls(standard, found.reshape(-1, k))

    @classmethod
    def from_state(cls, state: Mapping[str, StateValue]) -> "LinearScores":
        """Return the model that `state_dict` described.

        Args:
            state: its values by name.

        Returns:
            The same model.
        """
        return cls(Standard.from_state(state), np.asarray(state["coefficients"]))

    def state_dict(self) -> FittedValues:
        """Return the fitted model by name, for the state of an estimator.

        Returns:
            The coefficients, and the standard of the features.
        """
        return {"coefficients": self.coefficients, **self.standard.state_dict()}

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Return the softmax of the scores.

        Args:
            windows: N windows.

        Returns:
            (N, k) distributions.
        """
        from scipy.special import softmax

        D_pred: Float64[np.ndarray, "N k"] = softmax(
            with_one(self.standard.features(windows)) @ self.coefficients, axis=1
        )
        return D_pred


class LinearScoresEstimator(Estimator):
    """Predict with linear scores; a subclass fits ``model``."""

    model: LinearScores

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Return the softmax of the linear scores.

        Args:
            windows: N windows.

        Returns:
            (N, k) distributions.
        """
        return self.model.predict(windows)

    def state_dict(self) -> FittedValues:
        return self.model.state_dict()

    def load_state_dict(self, state: Mapping[str, StateValue]) -> None:
        self.model = LinearScores.from_state(state)


def objective(
    flat: Float64[np.ndarray, "_"],
    x: Float64[np.ndarray, "N f1"],
    weight: Float64[np.ndarray, "N"],
    loss: Loss,
    l2: float,
) -> tuple[float, Float64[np.ndarray, "_"]]:
    """Return the penalised loss and its gradient.

    Args:
        flat: the coefficients, flattened from (f + 1, k).
        x: (N, f + 1) features and a last column of ones.
        weight: (N,) weights of the windows.
        loss: of the scores.
        l2: λ.

    Returns:
        The loss, and the gradient with respect to ``flat``.
    """
    coefficients = flat.reshape(x.shape[1], -1)
    penalised = coefficients * (np.arange(len(coefficients)) < len(coefficients) - 1)[:, None]
    share = weight / weight.sum()
    losses, slope = loss(x @ coefficients)
    gradient = x.T @ (share[:, None] * slope) + l2 * penalised
    return float(share @ losses + l2 / 2 * np.square(penalised).sum()), gradient.ravel()


def divergence(
    D: Float64[np.ndarray, "N k"], scores: Float64[np.ndarray, "N k"]
) -> tuple[Float64[np.ndarray, "N"], Float64[np.ndarray, "N k"]]:
    """Return KL(D ‖ softmax(s)) of each window in nats, and its gradient softmax(s) − D.

    Args:
        D: (N, k) distributions.
        scores: (N, k) scores s.

    Returns:
        (N,) divergences, and (N, k) gradients with respect to the scores.
    """
    from scipy.special import log_softmax, xlogy

    log_share = log_softmax(scores, axis=1)
    return (xlogy(D, D) - D * log_share).sum(1), np.exp(log_share) - D


def with_one(x: Float64[np.ndarray, "N f"]) -> Float64[np.ndarray, "N f1"]:
    """Return the features with a last column of ones.

    Args:
        x: (N, f) features.

    Returns:
        (N, f + 1).
    """
    return np.hstack([x, np.ones((len(x), 1))])


def check(l2: float, steps: int, **more: float) -> None:
    """Raise an error if a penalty is negative or there is no step to take.

    Args:
        l2: λ.
        steps: the most iterations.
        more: other penalties, by name.

    Raises:
        ValueError: naming the value.
    """
    for name, value in {"l2": l2, **more}.items():
        if not (np.isfinite(value) and value >= 0):
            raise ValueError(f"{name} is {value}, but must be a number from 0 on")
    if steps < 1:
        raise ValueError(f"steps is {steps}, but at least 1 is needed")
