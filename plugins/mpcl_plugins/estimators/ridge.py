"""The deviation from the mean, linear in the features and strongly shrunk (ridge: Hoerl & Kennard, 1970).

    B = argmin Σ w_i ‖y_i − B x_i‖² + α Σ w_i ‖B‖²       x standardised on the fitting windows

simplex:     y = D − mean D,           D_pred = clip(C + B x, 0) / Σ
log_ratio:   y = clr(D) − mean clr(D), D_pred = softmax(log C + B x)

Around the mean, C is the mean of the fitting windows, and as α → ∞ nothing else is left. Around the subject, means are
those of each subject and C is the subject's own, shrunken (`subject_mean`, or what ``person`` states, such as
`empirical_bayes`): a random intercept, for protocols that put some trials of the test subject on the fitting side. With
new people most of what a label holds is the person, and only a strongly shrunk deviation survives; α is therefore
chosen with whole subjects left out.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float64, Shaped

from mpcl_core.plugin import (
    Estimator,
    FittedValues,
    Name,
    Positive,
    Standard,
    StateValue,
    WindowSet,
    known_features,
    window_features,
)
from mpcl_plugins.estimators._log_ratios import LEAST, check_alphas, clr, divergence, inner_folds, shift_log_ratios
from mpcl_plugins.estimators._penalised import select_modalities
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.estimators.subject_mean import SubjectMean

_CENTRE = "centre_of_labels."
"""What the names of its state begin with."""

Space = Literal["simplex", "log_ratio"]
Around = Literal["mean", "subject"]


class Ridge(Estimator):
    """Fit a ridge regression of the deviation on all features.

    A window is described by its features as they are, and, where a modality is a signal, by the mean and the standard
    deviation of each of its channels. An absent modality has the features of the mean window.

    Args:
        alphas: the values of α among which the KL on up to 5 inner folds chooses; a single one is used without a
            choice.
        space: where the deviation is linear.
        around: what it deviates from.
        person: with ``around: subject``, what predicts a subject's own centre; `subject_mean` by default. It may use
            all modalities.
        modalities: which modalities the deviation is linear in, all by default.

    Raises:
        ValueError: ``alphas`` or ``modalities`` is empty, or an α is not a number above 0; or ``person`` is stated
            around the mean.
    """

    name = "ridge"

    def __init__(
        self,
        *,
        alphas: tuple[Positive, ...] = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0),
        space: Space = "simplex",
        around: Around = "mean",
        person: Estimator | None = None,
        modalities: tuple[Name, ...] | None = None,
    ) -> None:
        check_alphas(alphas)
        if modalities is not None and not modalities:
            raise ValueError("modalities is [], but must name at least one")
        if person is not None and around != "subject":
            raise ValueError("person predicts a subject's centre: it needs around: subject")
        self.alphas, self.space, self.around, self.person = alphas, space, around, person
        self.modalities = modalities

    def fit(self, windows: WindowSet) -> "Ridge":
        """Learn the centre, α and B.

        Args:
            windows: the fitting windows.

        Returns:
            The estimator itself.
        """
        self.alpha = self.alphas[0] if len(self.alphas) == 1 else self._choose(windows)
        self._model = self._fitted(windows).model(self.alpha)
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Return the centre plus the shrunken deviation of each window.

        Args:
            windows: N windows.

        Returns:
            (N, k) distributions.
        """
        return self._model.predict(windows)

    def state_dict(self) -> FittedValues:
        centre = {f"{_CENTRE}{name}": value for name, value in self._model.centre.state_dict().items()}
        return {"alpha": self.alpha, "B": self._model.B, **self._model.standard.state_dict(), **centre}

    def load_state_dict(self, state: Mapping[str, StateValue]) -> None:
        self.alpha = float(np.asarray(state["alpha"]))
        centre = self._centre()
        centre.load_state_dict({n.removeprefix(_CENTRE): value for n, value in state.items() if n.startswith(_CENTRE)})
        self._model = _Model(centre, Standard.from_state(state), np.asarray(state["B"]), self.space, self.modalities)

    def _choose(self, windows: WindowSet) -> float:
        loss = np.zeros(len(self.alphas))
        for inside, outside in inner_folds(windows):
            fitted, held_out = self._fitted(windows.take(inside)), windows.take(outside)
            centre = fitted.centre.predict(held_out)
            x = fitted.deviation.standard.features(_selected(held_out, self.modalities))
            for i, alpha in enumerate(self.alphas):
                D_pred = _shift(centre, x @ fitted.deviation.coefficients(alpha), self.space)
                loss[i] += held_out.weight @ divergence(held_out.D, D_pred)
        return self.alphas[int(loss.argmin())]

    def _fitted(self, windows: WindowSet) -> "_Fitted":
        y = windows.D if self.space == "simplex" else clr(windows.D)
        group = windows.subject if self.around == "subject" else np.full(len(windows), "")
        deviation = _Deviation(_selected(windows, self.modalities), _centred(y, group, windows.weight))
        return _Fitted(self._centre().fit(windows), deviation, self.space, self.modalities)

    def _centre(self) -> Estimator:
        if self.around == "mean":
            return Mean()
        return SubjectMean() if self.person is None else deepcopy(self.person)


@dataclass(frozen=True)
class _Model:
    """Hold the centre and the deviation for one α."""

    centre: Estimator
    standard: Standard
    B: Float64[np.ndarray, "f k"]
    space: Space
    modalities: Sequence[str] | None

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        deviation = self.standard.features(_selected(windows, self.modalities)) @ self.B
        return _shift(self.centre.predict(windows), deviation, self.space)


@dataclass(frozen=True)
class _Fitted:
    """Hold the centre and the deviation learnt from some windows, for every α at once."""

    centre: Estimator
    deviation: "_Deviation"
    space: Space
    modalities: Sequence[str] | None

    def model(self, alpha: float) -> _Model:
        return _Model(
            self.centre, self.deviation.standard, self.deviation.coefficients(alpha), self.space, self.modalities
        )


class _Deviation:
    """Compute B for every α; X'WX is diagonalised once."""

    def __init__(self, windows: WindowSet, y: Float64[np.ndarray, "N k"]) -> None:
        x, known, w = window_features(windows), known_features(windows), windows.weight / windows.weight.sum()
        share = (w @ known).clip(np.finfo(np.float64).tiny)
        mean = w @ (x * known) / share
        self.standard = Standard.from_moments(mean, np.sqrt(w @ (np.square(x - mean) * known) / share))
        X = self.standard(x, known)
        values, self.vectors = np.linalg.eigh((X.T * w) @ X)
        self.values = values.clip(0)
        self.target = self.vectors.T @ ((X.T * w) @ y)

    def coefficients(self, alpha: float) -> Float64[np.ndarray, "f k"]:
        B: Float64[np.ndarray, "f k"] = self.vectors @ (self.target / (self.values + alpha)[:, None])
        return B


def _shift(
    centre: Float64[np.ndarray, "*N k"], deviation: Float64[np.ndarray, "N k"], space: Space
) -> Float64[np.ndarray, "N k"]:
    """Return the distributions that deviate from a centre in a space.

    Returns:
        (N, k) distributions.
    """
    if space == "log_ratio":
        return shift_log_ratios(centre, deviation)
    raised = (centre + deviation).clip(LEAST)
    D_pred: Float64[np.ndarray, "N k"] = raised / raised.sum(1, keepdims=True)
    return D_pred


def _selected(windows: WindowSet, modalities: Sequence[str] | None) -> WindowSet:
    return windows if modalities is None else select_modalities(windows, modalities)


def _centred(
    y: Float64[np.ndarray, "N k"], group: Shaped[np.ndarray, "N"], weight: Float64[np.ndarray, "N"]
) -> Float64[np.ndarray, "N k"]:
    """Return y less the weighted mean of its group.

    Returns:
        (N, k) deviations.
    """
    number = np.unique(group, return_inverse=True)[1]
    total = np.bincount(number, weight)
    means = np.stack([np.bincount(number, weight * column) / total for column in y.T], axis=1)
    return y - means[number]
