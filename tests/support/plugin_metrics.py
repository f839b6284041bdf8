"""A plugin file with a metric, and what it computes."""

from pathlib import Path

import numpy as np

BRIER = '''
"""Score the squared distance of a prediction from the truth."""

import numpy as np

from mpcl_core.plugin import Metric, hookimpl


def brier(D: np.ndarray, D_pred: np.ndarray) -> np.ndarray:
    return ((D - D_pred) ** 2).sum(1)


@hookimpl
def mpcl_metrics() -> list[Metric]:
    return [Metric("brier", brier)]
'''


def write_brier(folder: Path) -> Path:
    """Write the plugin file.

    Returns:
        The file.
    """
    (folder / "brier.py").write_text(BRIER)
    return folder / "brier.py"


def brier(D: np.ndarray, D_pred: np.ndarray) -> np.ndarray:
    """Return what the metric of the plugin file gives.

    Returns:
        (N,) scores.
    """
    scores: np.ndarray = ((D - D_pred) ** 2).sum(1)
    return scores
