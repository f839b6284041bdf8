"""x' = x − mean x, where mean x is the mean of each channel over the fitting windows that have the modality.

A recipe lists fitted transforms under ``transforms``. Transforms that learn nothing are listed under ``prepare`` and
have other base classes: RecordingTransform (for example filters), Windowing, WindowTransform (for example features).

A trained model is stored with what ``fit`` learned: attributes that hold arrays, numbers, text, or mappings of those.
For anything else define ``state_dict`` and ``load_state_dict``.
"""

import numpy as np
from jaxtyping import Float32

from mpcl_core.plugin import Component, FittedTransform, WindowSet, hookimpl


class Template(FittedTransform):
    """Subtract the mean of each channel, learned from the fitting windows."""

    name = "template"

    def __init__(self) -> None:
        self.mean: dict[str, Float32[np.ndarray, "c 1"]] = {}

    def fit(self, windows: WindowSet) -> "Template":
        """Learn the means; that of a modality that is never present is 0.

        Args:
            windows: training and validation windows.

        Returns:
            The transform.
        """
        for name, x in windows.X.items():
            present = x[windows.present[name]]
            mean = present.mean(axis=(0, 2)) if len(present) else np.zeros(x.shape[1])
            self.mean[name] = mean.astype(np.float32)[:, None]
        return self

    def transform(self, windows: WindowSet) -> WindowSet:
        """Centre windows.

        Args:
            windows: the windows.

        Returns:
            The centred windows; absent modalities stay zero.
        """
        return windows.with_signals({name: x - self.mean[name] for name, x in windows.X.items()})


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Template]
