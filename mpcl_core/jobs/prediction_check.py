"""Check what a component predicted, before it is scored and stored."""

import numpy as np
from jaxtyping import Shaped

from mpcl_core.interfaces.data import check_distributions
from mpcl_core.interfaces.errors import DataError, PluginError


def checked_prediction(D_pred: object, shape: tuple[int, int], name: str) -> Shaped[np.ndarray, "N k"]:
    """Check that predictions are distributions, one a window.

    Args:
        D_pred: what was predicted.
        shape: (N, k), the numbers of windows and of emotions.
        name: of what predicted, for a message.

    Returns:
        (N, k) a copy of them.

    Raises:
        PluginError: they are something else.
    """
    expected = f"an array of real numbers of shape {shape}"
    if not isinstance(D_pred, np.ndarray):
        raise PluginError(f"{name} predicted a value of type {type(D_pred).__name__}, not {expected}")
    if D_pred.dtype.kind not in "fiu":
        raise PluginError(f"{name} predicted values of type {D_pred.dtype}, not {expected}")
    if D_pred.shape != shape:
        raise PluginError(f"{name} predicted an array of shape {D_pred.shape}, not {expected}")
    try:
        check_distributions(D_pred, "D_pred")
    except DataError as error:
        raise PluginError(f"{name} predicted values that are no distributions: {error}") from error
    return D_pred.copy()
