"""The deviation of log-ratios from the mean, linear in the features, with a penalty for each modality.

    B = argmin Σ w_i ‖y_i − B x_i‖² / Σ w + Σ_m α_m ‖B_m‖²       y = clr(D) − mean clr(D), x standardised
    D_pred = softmax(log D̄ + B x)

With one penalty, a modality of many features (a face of 24 columns, a pulse of 3) decides how far all are shrunk. On
trials (``pool``) it is the fair rival of a network whose encoders weigh modalities freely.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from mpcl_core.plugin import Name, Positive, WindowSet, window_features
from mpcl_plugins.estimators._penalised import LinearFit, PenalisedRidge, select_modalities


class ModalityRidge(PenalisedRidge):
    """Fit a ridge regression of log-ratios that shrinks each modality by itself.

    A window is described by its features as they are, and, where a modality is a signal, by the mean and the standard
    deviation of each of its channels. An absent modality has the features of the mean window.

    Args:
        alphas: the values of α among which the KL on up to 5 inner folds chooses, one for each modality; people are
            left out whole. A single one is used without a choice.
        modalities: which modalities are used, all by default; with fewer it is the rival of a network that lacks some
            at test.

    Raises:
        ValueError: ``alphas`` or ``modalities`` is empty, or an α is not a number above 0.
    """

    name = "modality_ridge"

    def __init__(
        self,
        *,
        alphas: tuple[Positive, ...] = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0),
        modalities: tuple[Name, ...] | None = None,
    ) -> None:
        super().__init__(alphas=alphas)
        if modalities is not None and not modalities:
            raise ValueError("modalities is [], but must name at least one")
        self.modalities = modalities

    def selected(self, windows: WindowSet) -> WindowSet:
        return windows if self.modalities is None else select_modalities(windows, self.modalities)

    def parts(self, windows: WindowSet) -> Sequence[np.ndarray]:
        few = windows.take(np.arange(1))
        widths = [window_features(few, [modality.name]).shape[1] for modality in windows.modalities]
        ends = np.cumsum(widths)
        return [np.arange(end - width, end) for end, width in zip(ends, widths, strict=True)]

    def coefficients(
        self, fit: LinearFit, parts: Sequence[np.ndarray], penalties: Sequence[float]
    ) -> Float64[np.ndarray, "f k"]:
        from scipy.linalg import solve

        diagonal = np.zeros(len(fit.gram))
        for columns, penalty in zip(parts, penalties, strict=True):
            diagonal[columns] = penalty
        B: Float64[np.ndarray, "f k"] = solve(fit.gram + np.diag(diagonal), fit.moment, assume_a="pos")
        return B
