"""Which prototypes the rows of an emotion are assigned to, and which emotions each valence token gathers."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from mpcl_core.reporting.figures.layout import SQUARES, heatmap, name_axis, page
from mpcl_core.runs.reader import Run


def figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """``assignment`` of the variant that is shown."""
    shown = run.shown
    if shown is None:
        return
    panels = {
        key.split(".")[1]: by_emotion(weights.sum(-1), shown.D)
        for key, weights in shown.diagnostics.items()
        if key.startswith("streams.") and key.endswith(".weights") and key.count(".") == 2
    }
    if not panels:
        return
    caption = (
        f"Mean weight of the prototypes of an emotion (column) over the test rows in which an emotion (row) stands "
        f"out, by max(D − 1/k, 0). {len(shown.D)} rows of {shown.job}. Grey: stands out in none."
    )
    figure = page("Assignment to prototypes", shown.title, shown.study, caption, SQUARES)
    grid = figure.subplots(1, len(panels), squeeze=False)[0]
    top = max(float(np.nan_to_num(matrix).max()) for matrix in panels.values())
    for axes, (stream, matrix) in zip(grid, panels.items(), strict=True):
        image = heatmap(axes, matrix, (0.0, top), "cividis", "equal" if len(panels) > 1 else "auto")
        axes.set_title(stream, loc="left")
        name_axis(axes.xaxis, shown.labels)
        name_axis(axes.yaxis, shown.labels if axes is grid[0] else [""] * len(shown.labels))
    grid[0].set_ylabel("emotion that stands out")
    figure.colorbar(image, ax=list(grid), shrink=0.7, label="weight")
    yield "assignment", figure


def by_emotion(weights: Float[np.ndarray, "b k"], D: Float[np.ndarray, "b k"]) -> Float[np.ndarray, "k k"]:
    """Mean weights over the rows in which each emotion stands out, by how much it does; NaN where in none."""
    share = np.maximum(D - 1 / D.shape[1], 0)
    total = share.sum(0)[:, None]
    return np.asarray(share.T @ weights / np.where(total > 0, total, np.nan))
