"""Predicted against true distributions: the best, the median and the worst test row, and the error of each emotion."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float64
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mpcl_core.evaluation.metrics import window_scores
from mpcl_core.reporting.figures.layout import PREDICTED, TRUE, page, short
from mpcl_core.runs import predictions
from mpcl_core.runs.diagnostics import SampleVariant
from mpcl_core.runs.predictions import Predictions
from mpcl_core.runs.reader import Run


def figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """``distributions`` of the variant that is shown."""
    shown = run.shown
    if shown is None:
        return
    figure = page("Predicted and true distributions", shown.title, shown.study, _caption(shown), 5.2)
    panels = figure.subplots(2, 2)
    kl = window_scores(shown.predictions.D, shown.predictions.D_pred).by_metric["kl_divergence"]
    order = np.argsort(kl, kind="stable")
    rows = {"best": order[0], "median": order[len(order) // 2], "worst": order[-1]}
    for axes, (rank, row) in zip(panels.flat, rows.items(), strict=False):
        _sample(axes, shown, int(row))
        axes.set_title(f"{rank}: KL {kl[row]:.4f}, {_where(shown.predictions, int(row))}", loc="left")
    panels.flat[0].legend()
    top = max(axes.get_ylim()[1] for axes in panels.flat[:3])
    for axes in panels.flat[:3]:
        axes.set_ylim(0.0, top)
    _errors(panels.flat[3], run, shown)
    yield "distributions", figure


def _sample(axes: Axes, shown: SampleVariant, row: int) -> None:
    places = np.arange(len(shown.labels))
    axes.bar(places - 0.2, shown.predictions.D[row], 0.4, color=TRUE, label="true")
    axes.bar(places + 0.2, shown.predictions.D_pred[row], 0.4, color=PREDICTED, label="predicted")
    axes.set_ylabel("share")
    _name(axes, shown)


def _errors(axes: Axes, run: Run, shown: SampleVariant) -> None:
    places = np.arange(len(shown.labels))
    axes.bar(places, error_by_emotion(shown.predictions), 0.6, color=PREDICTED, label=shown.variant)
    mean = run.train_mean(shown.study)
    if mean is not None and shown.variant != mean:
        for _, found in predictions.predictions(run.folder, mean):
            axes.plot(places, error_by_emotion(found), "_", color="black", markersize=12, label="train mean")
    axes.set_title("mean absolute error over all test rows", loc="left")
    axes.set_ylabel("share")
    axes.margins(y=0.25)
    axes.legend(ncols=2)
    _name(axes, shown)


def error_by_emotion(predictions: Predictions) -> Float64[np.ndarray, "k"]:
    """Weighted mean of |D - D_pred| over all rows."""
    gap = np.abs(predictions.D - predictions.D_pred)
    return np.asarray(np.average(gap, axis=0, weights=predictions.weight))


def _name(axes: Axes, shown: SampleVariant) -> None:
    axes.set_xticks(range(len(shown.labels)), shown.labels, rotation=45, ha="right", rotation_mode="anchor")
    axes.tick_params(axis="x", length=0)


def _where(predictions: Predictions, row: int) -> str:
    subject, trial = (short(str(column[row]), 14) for column in (predictions.subject, predictions.trial))
    return f"subject {subject}" + (f", trial {trial}" if trial else "")


def _caption(shown: SampleVariant) -> str:
    return (
        f"{len(shown.predictions.D)} test rows of all folds, as '{shown.variant}' predicted them with seed "
        f"{shown.seed}. Rows are ranked by KL(true ‖ predicted), in nats."
    )
