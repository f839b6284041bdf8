"""Draw which emotions occur together: correlations over test windows, of the true and of the predicted shares.

    Cov(D) = Cov(E[D | x]) + E[Cov(D | x)]

A prediction is the mean of what may be felt, E[D | x]. Predictions vary less than what is felt, along fewer directions,
so that they correlate more strongly than true shares even where each of them is right. What is to be compared with the
true correlations has the second term too: the spread about the prediction. For the test windows of a fold it is taken
from the errors in the other folds, never from their own.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from jaxtyping import Float, Float64
from matplotlib.figure import Figure

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures.layout import (
    BAR,
    SQUARES,
    WIDTH,
    add_colour_bar,
    add_panel_grid,
    draw_heatmap,
    name_axis,
    new_page,
    text_width,
)
from mpcl_core.runs.diagnostics import DrawnVariant
from mpcl_core.runs.predictions import Predictions

CONSTANT = 1e-6
"""Standard deviation below which a share counts as constant."""

SPREAD, MEANS = "predicted, with its spread", "predictions by themselves"
"""Titles of the panels beside the true correlations."""


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
    matrices = {"true": correlate(found.D, found.weight)}
    if len(np.unique(found.fold)) > 1:
        matrices[SPREAD] = correlate_with_spread(found)
    matrices[MEANS] = correlate(found.D_pred, found.weight)
    width = WIDTH * (1 + len(matrices)) / 3
    figure = new_page(
        "Co-occurrence of emotions", sample.title, sample.study, _caption(sample, matrices), SQUARES, width
    )
    names = text_width(sample.labels)
    (panels,) = add_panel_grid(
        figure, 1, len(matrices), left=0.15 + names, right=BAR, below=0.1 + names, gaps=(0.15, 0), sharey=True
    )
    for axes, (title, matrix) in zip(panels, matrices.items(), strict=True):
        image = draw_heatmap(axes, matrix, (-1.0, 1.0), "RdBu_r")
        axes.set_title(title, loc="left")
        name_axis(axes.xaxis, sample.labels)
    name_axis(panels[0].yaxis, sample.labels)
    for axes in panels[1:]:
        axes.yaxis.set_visible(False)  # it would be drawn without names
    add_colour_bar(figure, image, panels, "correlation")
    yield "cooccurrence", figure


def correlate(D: Float[np.ndarray, "N k"], weight: Float[np.ndarray, "N"]) -> Float64[np.ndarray, "k k"]:
    """Compute the weighted Pearson correlation of the columns.

    Args:
        D: distributions of the windows.
        weight: weight of each window.

    Returns:
        The correlations; NaN in the rows and columns of constant shares.
    """
    return _correlations(_covariance(D, weight))


def correlate_with_spread(found: Predictions) -> Float64[np.ndarray, "k k"]:
    """Compute the correlations of shares that vary about their predictions as in the other folds.

    Args:
        found: predictions of at least two folds.

    Returns:
        The correlations; NaN in the rows and columns of constant shares.
    """
    covariance = _covariance(found.D_pred, found.weight)
    error = found.D - found.D_pred
    for fold in np.unique(found.fold):
        is_other, weight = found.fold != fold, found.weight
        spread = np.einsum("n, n i, n j -> i j", weight[is_other], error[is_other], error[is_other])
        covariance = covariance + spread / weight[is_other].sum() * (weight[~is_other].sum() / weight.sum())
    return _correlations(covariance)


def _covariance(D: Float[np.ndarray, "N k"], weight: Float[np.ndarray, "N"]) -> Float64[np.ndarray, "k k"]:
    return np.atleast_2d(np.cov(D, rowvar=False, aweights=weight, ddof=0))


def _correlations(covariance: Float64[np.ndarray, "k k"]) -> Float64[np.ndarray, "k k"]:
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


def _caption(sample: DrawnVariant, matrices: Mapping[str, Float64[np.ndarray, "k k"]]) -> str:
    k = len(sample.labels)
    gaps = {name: mean_difference(matrices["true"], matrix) for name, matrix in matrices.items() if name != "true"}
    known = [f"{gap:.3f} ({name})" for name, gap in gaps.items() if not np.isnan(gap)]
    parts = (
        [f"Mean absolute difference to the true correlations off the diagonal: {', '.join(known)}."] if known else []
    )
    parts.append(
        f"Weighted Pearson correlation of the shares over {len(sample.predictions.D)} test windows of all folds "
        f"(seed {sample.seed}). Shares sum to 1, so unrelated shares correlate at about {-1 / max(k - 1, 1):.2f}."
    )
    if SPREAD in matrices:
        parts.append(
            "A prediction is a mean, so that predictions by themselves correlate more strongly than what is felt. The "
            "spread about them is that of the errors in the other folds; even a model that uses no signal has it."
        )
    for name, matrix in (("true", matrices["true"]), ("predicted", matrices[MEANS])):
        constant = [label for label, value in zip(sample.labels, matrix.diagonal(), strict=True) if np.isnan(value)]
        if constant:
            names = "all emotions" if len(constant) == k else ", ".join(constant)
            parts.append(f"Grey: the {name} share is constant ({names}).")
    return " ".join(parts)
