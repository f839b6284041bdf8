"""Which emotions go together: correlations over the test rows, of the true and of the predicted shares."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float, Float64
from matplotlib.figure import Figure

from mpcl_core.reporting.figures.layout import SQUARES, heatmap, name_axis, page
from mpcl_core.runs.diagnostics import SampleVariant
from mpcl_core.runs.reader import Run

CONSTANT = 1e-6
"""A share whose standard deviation is below this does not vary."""


def figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """``cooccurrence`` of the variant that is shown."""
    shown = run.shown
    if shown is None:
        return
    rows = shown.predictions
    matrices = {"true": correlation(rows.D, rows.weight), "predicted": correlation(rows.D_pred, rows.weight)}
    caption = _caption(shown, matrices["true"], matrices["predicted"])
    figure = page("Co-occurrence of emotions", shown.title, shown.study, caption, SQUARES)
    panels = figure.subplots(1, 2, sharey=True)
    for axes, (title, matrix) in zip(panels, matrices.items(), strict=True):
        image = heatmap(axes, matrix, (-1.0, 1.0), "RdBu_r")
        axes.set_title(title, loc="left")
        name_axis(axes.xaxis, shown.labels)
    name_axis(panels[0].yaxis, shown.labels)
    figure.colorbar(image, ax=list(panels), shrink=0.7, label="correlation")
    yield "cooccurrence", figure


def correlation(D: Float[np.ndarray, "N k"], weight: Float[np.ndarray, "N"]) -> Float64[np.ndarray, "k k"]:
    """Weighted Pearson correlation of the columns; NaN where one does not vary."""
    covariance = np.atleast_2d(np.cov(D, rowvar=False, aweights=weight, ddof=0))
    deviation = np.sqrt(covariance.diagonal())
    deviation = np.where(deviation > CONSTANT, deviation, np.nan)
    return np.asarray(covariance / np.outer(deviation, deviation))


def difference(one: Float64[np.ndarray, "k k"], two: Float64[np.ndarray, "k k"]) -> float:
    """Mean absolute difference of the entries off the diagonal that both have; NaN where there are none."""
    gap = np.abs(one - two)[~np.eye(len(one), dtype=bool)]
    known = gap[~np.isnan(gap)]
    return float(known.mean()) if len(known) else float("nan")


def _caption(shown: SampleVariant, true: Float64[np.ndarray, "k k"], predicted: Float64[np.ndarray, "k k"]) -> str:
    gap, k = difference(true, predicted), len(shown.labels)
    parts = [
        f"Weighted Pearson correlation of the shares over {len(shown.predictions.D)} test rows of all folds "
        f"(seed {shown.seed}). Shares sum to 1, so that unrelated ones correlate at about {-1 / max(k - 1, 1):.2f}."
    ]
    if not np.isnan(gap):
        parts.insert(0, f"Mean absolute difference off the diagonal: {gap:.3f}.")
    for name, matrix in (("true", true), ("predicted", predicted)):
        if still := [label for label, value in zip(shown.labels, matrix.diagonal(), strict=True) if np.isnan(value)]:
            which = "all emotions" if len(still) == k else ", ".join(still)
            parts.append(f"Grey: the {name} share does not vary ({which}).")
    return " ".join(parts)
