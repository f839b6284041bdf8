"""Draw the predictions of a model over time."""

from pathlib import Path

import numpy as np

from mpcl_core.app.prediction.predicting import join_trials
from mpcl_core.data.pooling import number_trials
from mpcl_core.model.table import Predictions
from mpcl_core.reporting.prediction_figure import Trace, write_prediction_figure


def draw_predictions(predictions: Predictions, path: Path, is_cut: bool = False) -> None:
    """Write a figure of predictions: a panel for each emotion, the recordings one after the other.

    Args:
        predictions: the predictions.
        path: the file: ``.svg``, ``.png`` or ``.pdf``.
        is_cut: whether the trials were cut into stretches, which are drawn as one line.

    Raises:
        UsageError: the suffix is not known.
    """
    windows = join_trials(predictions.windows) if is_cut else predictions.windows
    trial, first = number_trials(windows)
    middle = (windows.t_start + windows.t_stop) / 2
    time = np.where(np.isnan(middle), windows.window, middle)
    low, high = predictions.low, predictions.high
    traces = []
    for number, start in enumerate(first):
        own = np.flatnonzero(trial == number)
        own = own[np.argsort(time[own], kind="stable")]
        name = " ".join(filter(None, (str(windows.subject[start]), str(windows.trial[start]))))
        ends = (None, None) if low is None or high is None else (low[own], high[own])
        traces.append(Trace(name, time[own].astype(np.float64), predictions.D_pred[own], *ends))
    write_prediction_figure(path, traces, predictions.labels, _caption(predictions))


def _caption(predictions: Predictions) -> str:
    bars = predictions.error_bars
    if bars is None or bars.radius is None:
        return "No error bars" + (f": {bars.reason}." if bars else ".")
    return (
        f"Bands: for {bars.coverage:.0%} of the windows of a new person who is like the training people, the true "
        f"share of the emotion is expected inside. They rest on {bars.people} held-out people."
    )
