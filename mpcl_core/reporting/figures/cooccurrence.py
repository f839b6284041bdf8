"""Draw which emotions occur together: correlations over test windows, of the true and of the predicted shares."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float, Float64
from matplotlib.figure import Figure

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures.layout import SQUARES, draw_heatmap, name_axis, new_page
from mpcl_core.runs.diagnostics import DrawnVariant

CONSTANT = 1e-6
"""Standard deviation below which a share counts as constant."""


def build_figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """Build the figure ``cooccurrence`` of the sample variant.

    Args:
        run: the run.

    Yields:
        File name and figure; nothing if the run has no predictions.
    """
    sample = run.drawn_variant
    if sample is None:
        return
    found = sample.predictions
    matrices = {"true": correlate(found.D, found.weight), "predicted": correlate(found.D_pred, found.weight)}
    caption = _caption(sample, matrices["true"], matrices["predicted"])
    figure = new_page("Co-occurrence of emotions", sample.title, sample.study, caption, SQUARES)
    panels = figure.subplots(1, 2, sharey=True)
    for axes, (title, matrix) in zip(panels, matrices.items(), strict=True):
        image = draw_heatmap(axes, matrix, (-1.0, 1.0), "RdBu_r")
        axes.set_title(title, loc="left")
        name_axis(axes.xaxis, sample.labels)
    name_axis(panels[0].yaxis, sample.labels)
    figure.colorbar(image, ax=list(panels), shrink=0.7, label="correlation")
    yield "cooccurrence", figure


def correlate(D: Float[np.ndarray, "N k"], weight: Float[np.ndarray, "N"]) -> Float64[np.ndarray, "k k"]:
    """Compute the weighted Pearson correlation of the columns.

    Args:
        D: distributions of the windows.
        weight: weight of each window.

    Returns:
        The correlations; NaN in the rows and columns of constant shares.
    """
    covariance = np.atleast_2d(np.cov(D, rowvar=False, aweights=weight, ddof=0))
    deviation = np.sqrt(covariance.diagonal())
    deviation = np.where(deviation > CONSTANT, deviation, np.nan)
    return np.asarray(covariance / np.outer(deviation, deviation))


def mean_difference(a: Float64[np.ndarray, "k k"], b: Float64[np.ndarray, "k k"]) -> float:
    """Compute the mean absolute difference of two matrices off the diagonal.

    Args:
        a, b: the matrices; entries that are NaN in either are left out.

    Returns:
        The mean; NaN if no entry is left.
    """
    gap = np.abs(a - b)[~np.eye(len(a), dtype=bool)]
    known = gap[~np.isnan(gap)]
    return float(known.mean()) if len(known) else float("nan")


def _caption(sample: DrawnVariant, true: Float64[np.ndarray, "k k"], predicted: Float64[np.ndarray, "k k"]) -> str:
    gap, k = mean_difference(true, predicted), len(sample.labels)
    parts = [
        f"Weighted Pearson correlation of the shares over {len(sample.predictions.D)} test windows of all folds "
        f"(seed {sample.seed}). Shares sum to 1, so unrelated shares correlate at about {-1 / max(k - 1, 1):.2f}."
    ]
    if not np.isnan(gap):
        parts.insert(0, f"Mean absolute difference off the diagonal: {gap:.3f}.")
    for name, matrix in (("true", true), ("predicted", predicted)):
        constant = [label for label, value in zip(sample.labels, matrix.diagonal(), strict=True) if np.isnan(value)]
        if constant:
            names = "all emotions" if len(constant) == k else ", ".join(constant)
            parts.append(f"Grey: the {name} share is constant ({names}).")
    return " ".join(parts)
