"""Draw predicted and true distributions of the best, median and worst test window, and the error of each emotion."""

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mpcl_core.evaluation.emotion_errors import emotion_errors
from mpcl_core.evaluation.metrics import window_scores
from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures.layout import PREDICTED, TRUE, add_panel_grid, new_page, shorten, text_width
from mpcl_core.runs.diagnostics import DrawnVariant
from mpcl_core.runs.predictions import Predictions


def build_figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """Build the figure ``distributions`` of the sample variant.

    Args:
        run: the run.

    Yields:
        File name and figure; nothing if the run has no predictions.
    """
    sample = run.drawn_variant
    if sample is None:
        return
    figure = new_page("Predicted and true distributions", sample.title, sample.study, _caption(sample), 5.2)
    names = 0.71 * text_width(sample.labels)
    panels = np.array(add_panel_grid(figure, 2, 2, left=0.55, below=0.15 + names, gaps=(0.6, 0.45 + names)))
    kl = window_scores(sample.predictions.D, sample.predictions.D_pred).by_metric["kl_divergence"]
    order = np.argsort(kl, kind="stable")
    windows = {"best": order[0], "median": order[len(order) // 2], "worst": order[-1]}
    for axes, (rank, window) in zip(panels.flat, windows.items(), strict=False):
        _draw_window(axes, sample, int(window))
        axes.set_title(f"{rank}: KL {kl[window]:z.4f}, {_describe(sample.predictions, int(window))}", loc="left")
    panels.flat[0].legend()
    top = max(axes.get_ylim()[1] for axes in panels.flat[:3])
    for axes in panels.flat[:3]:
        axes.set_ylim(0.0, top)
    _draw_errors(panels.flat[3], run, sample)
    yield "distributions", figure


def _draw_window(axes: Axes, sample: DrawnVariant, window: int) -> None:
    positions = np.arange(len(sample.labels))
    axes.bar(positions - 0.2, sample.predictions.D[window], 0.4, color=TRUE, label="true")
    axes.bar(positions + 0.2, sample.predictions.D_pred[window], 0.4, color=PREDICTED, label="predicted")
    axes.set_ylabel("share")
    _label_emotions(axes, sample)


def _draw_errors(axes: Axes, run: Run, sample: DrawnVariant) -> None:
    positions = np.arange(len(sample.labels))
    axes.bar(positions, emotion_errors([sample.predictions]), 0.6, color=PREDICTED, label=sample.variant)
    mean = run.mean_baseline(sample.study)
    baseline = run.window_summary(mean)
    if baseline is not None and sample.variant != mean:
        for errors in baseline.seed_errors:
            axes.plot(positions, errors, "_", color="black", markersize=12, label="train mean")
    axes.set_title("mean absolute error over all test windows", loc="left")
    axes.set_ylabel("share")
    axes.margins(y=0.25)
    axes.legend(ncols=2)
    _label_emotions(axes, sample)


def _label_emotions(axes: Axes, sample: DrawnVariant) -> None:
    axes.set_xticks(range(len(sample.labels)), sample.labels, rotation=45, ha="right", rotation_mode="anchor")
    axes.tick_params(axis="x", length=0)


def _describe(predictions: Predictions, window: int) -> str:
    subject, trial = (shorten(str(column[window]), 14) for column in (predictions.subject, predictions.trial))
    return f"subject {subject}" + (f", trial {trial}" if trial else "")


def _caption(sample: DrawnVariant) -> str:
    return (
        f"Predictions of '{sample.variant}', seed {sample.seed}, for the {len(sample.predictions.D)} test windows of "
        "all folds. Windows are ranked by KL(true ‖ predicted), in nats."
    )
