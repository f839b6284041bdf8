"""Fit the deviation of log-ratios from their mean linearly, with several penalties that are chosen on people left out.

    D_pred = softmax(log D̄ + B x)     (B, y = clr(D) − mean clr(D)) as the subclass solves it

Penalties are chosen by coordinate descent on the KL of the left-out windows: first one value for all, then each by
itself, in `ROUNDS` rounds. A model with one penalty is therefore among the choices.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Estimator, FittedValues, Standard, StateValue, WindowSet
from mpcl_plugins.estimators._log_ratios import check_alphas, clr, divergence, inner_folds, shift_log_ratios

ROUNDS = 2
"""How often each penalty is chosen anew, with the others as they are."""


@runtime_checkable
class Description(Protocol):
    """Describe windows by features, as a `Standard` does."""

    def features(self, windows: WindowSet) -> Float64[np.ndarray, "N f"]:
        """Compute the features of windows.

        Args:
            windows: N windows.

        Returns:
            (N, f) features without unit.
        """

    def state_dict(self) -> FittedValues:
        """Return what was learned of the windows.

        Returns:
            Name -> value.
        """


class LinearFit:
    """Hold a linear fit on some windows for all penalties at once.

    Args:
        windows: the windows to fit.
        description: describes windows by features.
    """

    def __init__(self, windows: WindowSet, description: Description) -> None:
        w, X, y = windows.weight / windows.weight.sum(), description.features(windows), clr(windows.D)
        self.description = description
        self.mean: Float64[np.ndarray, k] = w @ windows.D
        self.gram: Float64[np.ndarray, "f f"] = (X.T * w) @ X
        self.moment: Float64[np.ndarray, "f k"] = (X.T * w) @ (y - w @ y)


class PenalisedRidge(Estimator):
    """Provide choice, fit and prediction to ridge regressions with several penalties.

    Args:
        alphas: the values among which each penalty is chosen; a single one is used without a choice.

    Raises:
        ValueError: ``alphas`` is empty, or one is not a number above 0.
    """

    def __init__(self, *, alphas: tuple[float, ...]) -> None:
        check_alphas(alphas)
        self.alphas = alphas

    def description(self, windows: WindowSet) -> Description:
        """Return how windows are described, learnt from the signals of these.

        Args:
            windows: the windows to fit.

        Returns:
            The description; by default the standardised features of all modalities.
        """
        return Standard.of(windows)

    def selected(self, windows: WindowSet) -> WindowSet:
        """Return windows with the modalities that are used.

        Args:
            windows: N windows.

        Returns:
            The windows; by default with all their modalities.
        """
        return windows

    @abstractmethod
    def parts(self, windows: WindowSet) -> Sequence[np.ndarray]:
        """Return what each penalty belongs to.

        Args:
            windows: the fitting windows.

        Returns:
            One array for each penalty, as `coefficients` takes them.
        """

    @abstractmethod
    def coefficients(
        self, fit: LinearFit, parts: Sequence[np.ndarray], penalties: Sequence[float]
    ) -> Float64[np.ndarray, "f k"]:
        """Solve for B with given penalties.

        Args:
            fit: the windows to fit.
            parts: what each penalty belongs to.
            penalties: one for each part.

        Returns:
            (f, k) the transpose of B.
        """

    def fit(self, windows: WindowSet) -> "PenalisedRidge":
        """Choose the penalties and fit all windows.

        Args:
            windows: the fitting windows.

        Returns:
            The estimator itself.
        """
        windows = self.selected(windows)
        parts = self.parts(windows)
        self.penalties = self._choose(windows, parts) if len(self.alphas) > 1 else (self.alphas[0],) * len(parts)
        fitted = LinearFit(windows, self.description(windows))
        self._mean, self._description = fitted.mean, fitted.description
        self._B = self.coefficients(fitted, parts, self.penalties)
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """Return the mean plus the shrunken deviation of each window.

        Args:
            windows: N windows.

        Returns:
            (N, k) distributions.
        """
        return shift_log_ratios(self._mean, self._description.features(self.selected(windows)) @ self._B)

    def state_dict(self) -> FittedValues:
        """Return the mean of the labels, B, the chosen penalties and the description of windows.

        Returns:
            Name -> array.
        """
        penalties = np.array(self.penalties, np.float64)
        return {"mean": self._mean, "B": self._B, "penalties": penalties, **self._description.state_dict()}

    def load_state_dict(self, state: Mapping[str, StateValue]) -> None:
        """Take over the state of another estimator that was built with the same parameters.

        Args:
            state: as `state_dict` returned it.
        """
        self._mean, self._B = np.asarray(state["mean"]), np.asarray(state["B"])
        self.penalties = tuple(np.asarray(state["penalties"]).tolist())
        self._description = self.loaded_description(state)

    def loaded_description(self, state: Mapping[str, StateValue]) -> Description:
        """Return the description of windows that a state holds.

        Args:
            state: as `state_dict` returned it.

        Returns:
            The description; by default the standardised features.
        """
        return Standard.from_state(state)

    def _choose(self, windows: WindowSet, parts: Sequence[np.ndarray]) -> tuple[float, ...]:
        folds = []
        for inside, outside in inner_folds(windows):
            fitting, held_out = windows.take(inside), windows.take(outside)
            fit = LinearFit(fitting, self.description(fitting))
            folds.append((fit, held_out, fit.description.features(held_out)))

        @cache  # the rounds of the descent come back to penalties that were tried
        def loss(penalties: tuple[float, ...]) -> float:
            total = 0.0
            for fit, held_out, x in folds:
                D_pred = shift_log_ratios(fit.mean, x @ self.coefficients(fit, parts, penalties))
                total += float(held_out.weight @ divergence(held_out.D, D_pred))
            return total

        best = min(((alpha,) * len(parts) for alpha in self.alphas), key=loss)
        for part in [*range(len(parts))] * (ROUNDS if len(parts) > 1 else 0):
            best = min(((*best[:part], alpha, *best[part + 1 :]) for alpha in self.alphas), key=loss)
        return best


def select_modalities(windows: WindowSet, names: Sequence[str]) -> WindowSet:
    """Return windows with some of their modalities.

    Args:
        windows: N windows.
        names: the names of the modalities.

    Returns:
        The windows; names that they lack are left out.
    """
    return replace(windows, modalities=tuple(each for each in windows.modalities if each.name in names))
