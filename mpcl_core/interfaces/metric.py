"""Define what a metric is: the directions of the six, and the metrics that plugins bring."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64

from mpcl_core.interfaces.errors import PluginError

HIGHER_IS_BETTER = {
    "chebyshev": False,
    "clark": False,
    "canberra": False,
    "kl_divergence": False,
    "cosine": True,
    "intersection": True,
}
"""Name of each of the six metrics -> whether a larger value is better; in the order of every table."""

MIX = "mix"
"""The key of a mixture's shares in the test line of a job."""

RESERVED_NAMES = ("phase", "epochs", "kind", MIX, "modalities", "rate", "repeat", "subject", "weight")
"""Names that no metric has, since lines of a job's files hold other values under them."""

MetricFunction = Callable[[Float64[np.ndarray, "N k"], Float64[np.ndarray, "N k"]], Float64[np.ndarray, "N"]]
"""Returns the (N,) scores of windows from their (N, k) true and (N, k) predicted distributions."""


@dataclass(frozen=True)
class Metric:
    """Hold a metric of a plugin, which stands beside the six in tables, tests and ranks.

    Args:
        name: its name in tables and for ``--metric``.
        function: returns (N,) finite scores from (N, k) ``D`` and (N, k) ``D_pred``, both float64 and read-only. The
            score of a window depends on that window alone. It is defined with ``def`` in a module of the plugin.
        higher_is_better: whether a larger score is better.

    Example:
        >>> def brier(D, D_pred):
        ...     return ((D - D_pred) ** 2).sum(1)
        >>> Metric("brier", brier).scores(np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]])).tolist()
        [0.125]
    """

    name: str
    function: MetricFunction
    higher_is_better: bool = False

    def scores(self, D: Float64[np.ndarray, "N k"], D_pred: Float64[np.ndarray, "N k"]) -> Float64[np.ndarray, "N"]:
        """Return the scores of windows.

        Args:
            D: (N, k) true distributions.
            D_pred: (N, k) predicted distributions.

        Returns:
            (N,) scores.

        Raises:
            PluginError: the function raised an error, or returned something else than N finite numbers.
        """
        try:
            returned: object = self.function(_read_only(D), _read_only(D_pred))
        except Exception as error:
            raise PluginError(f"the metric '{self.name}' failed: {type(error).__name__}: {error}") from error
        if not isinstance(returned, np.ndarray) or returned.dtype.kind not in "fiu":
            raise PluginError(f"the metric '{self.name}' returned {_form(returned)}, not an array of real numbers")
        if returned.shape != (len(D),):
            raise PluginError(f"the metric '{self.name}' returned {_form(returned)}, not of shape {(len(D),)}")
        scores = returned.astype(np.float64)
        if not np.isfinite(scores).all():
            window = int(np.argmin(np.isfinite(scores)))
            raise PluginError(f"the metric '{self.name}' is {scores[window]} for window {window}")
        return scores


def plugin_scores(
    metrics: Iterable[Metric], D: Float[np.ndarray, "N k"], D_pred: Float[np.ndarray, "N k"]
) -> dict[str, Float64[np.ndarray, "N"]]:
    """Return the scores of windows by metrics of plugins.

    Args:
        metrics: the metrics.
        D: (N, k) true distributions.
        D_pred: (N, k) predicted distributions.

    Returns:
        Name of the metric -> (N,) scores.

    Raises:
        PluginError: a metric failed.
    """
    return {metric.name: metric.scores(D, D_pred) for metric in metrics}


def _read_only(values: np.ndarray) -> np.ndarray:
    copied = np.array(values, dtype=np.float64)
    copied.flags.writeable = False
    return copied


def _form(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} and shape {value.shape}"
    return f"a value of type {type(value).__name__}"
