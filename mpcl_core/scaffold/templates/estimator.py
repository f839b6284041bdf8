"""D_pred = (1 − s) mean D + s / k: the mean of the fitting rows' labels, drawn towards the uniform distribution."""

import numpy as np
from jaxtyping import Float64

from mpcl_core.interfaces.components import Component, Estimator
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.hooks import hookimpl
from mpcl_core.interfaces.parameter_types import Fraction


class Template(Estimator):
    """The same distribution for every row.

    Args:
        shrink: s, how far it is drawn.
    """

    name = "template"

    def __init__(self, *, shrink: Fraction = 0.1) -> None:
        self.shrink = shrink

    def fit(self, windows: WindowSet) -> "Template":
        """Learns the mean, each row counted by its weight."""
        self._mean = np.average(windows.D, axis=0, weights=windows.weight)
        return self

    def predict(self, windows: WindowSet) -> Float64[np.ndarray, "N k"]:
        """(N, k), all rows alike."""
        D_pred = (1 - self.shrink) * self._mean + self.shrink / len(self._mean)
        return np.tile(D_pred, (len(windows), 1))


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Template]
