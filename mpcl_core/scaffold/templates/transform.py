"""x' = x − mean x, the mean of each channel over the fitting rows that have the modality.

A fitted transform stands under ``transforms``. Those that learn nothing stand under ``prepare`` and have other bases:
RecordingTransform (filters …), Windowing, WindowTransform (features of a window …).
"""

import numpy as np
from jaxtyping import Float32

from mpcl_core.interfaces.components import Component, FittedTransform
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.hooks import hookimpl


class Template(FittedTransform):
    """Centres every channel. It never sees a test row when it learns."""

    name = "template"

    def __init__(self) -> None:
        self.mean: dict[str, Float32[np.ndarray, "c 1"]] = {}

    def fit(self, windows: WindowSet) -> "Template":
        """Learns the means; 0 for a modality that no row has."""
        for name, x in windows.X.items():
            there = x[windows.present[name]]
            mean = there.mean(axis=(0, 2)) if len(there) else np.zeros(x.shape[1])
            self.mean[name] = mean.astype(np.float32)[:, None]
        return self

    def transform(self, windows: WindowSet) -> WindowSet:
        """The centred rows; an absent modality stays zero."""
        return windows.with_signals({name: x - self.mean[name] for name, x in windows.X.items()})


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Template]
