"""Draw which prototypes the windows of each emotion are assigned to, for every stream with a memory."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures.layout import (
    BAR,
    SQUARES,
    add_colour_bar,
    add_panel_grid,
    draw_heatmap,
    name_axis,
    new_page,
    text_width,
)


def build_figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """Build the figure ``assignment`` of the sample variant.

    Args:
        run: the run.

    Yields:
        File name and figure; nothing if the variant stores no assignment weights.
    """
    sample = run.drawn_variant
    if sample is None:
        return
    panels = {
        key.split(".")[1]: by_emotion(weights.sum(-1), sample.D)
        for key, weights in sample.diagnostics.items()
        if key.startswith("streams.") and key.endswith(".weights") and key.count(".") == 2
    }
    if not panels:
        return
    is_partial = any(np.isnan(matrix).any() for matrix in panels.values())
    caption = (
        f"Mean weight of the prototypes of each emotion (columns) over the test windows in which an emotion (rows) "
        f"exceeds the uniform share; windows are weighted by max(D − 1/k, 0). {len(sample.D)} windows of "
        f"{sample.job}.{' Grey rows: no window in which the emotion exceeds it.' * is_partial}"
    )
    figure = new_page("Assignment to prototypes", sample.title, sample.study, caption, SQUARES)
    names = text_width(sample.labels)
    (grid,) = add_panel_grid(figure, 1, len(panels), left=0.35 + names, right=BAR, below=0.1 + names, gaps=(0.15, 0))
    top = max(float(np.nan_to_num(matrix).max()) for matrix in panels.values())
    for axes, (stream, matrix) in zip(grid, panels.items(), strict=True):
        image = draw_heatmap(axes, matrix, (0.0, top), "cividis", "equal" if len(panels) > 1 else "auto")
        axes.set_title(stream, loc="left")
        name_axis(axes.xaxis, sample.labels)
        name_axis(axes.yaxis, sample.labels if axes is grid[0] else [])
    grid[0].set_ylabel("emotion above the uniform share")
    add_colour_bar(figure, image, grid, "weight")
    yield "assignment", figure


def by_emotion(weights: Float[np.ndarray, "b k"], D: Float[np.ndarray, "b k"]) -> Float[np.ndarray, "k k"]:
    """Average prototype weights over windows, weighted by how far each emotion exceeds the uniform share.

    Args:
        weights: weight that a window gives to the prototypes of each emotion.
        D: true distributions of the windows.

    Returns:
        A row for each emotion; NaN where no window exceeds the uniform share 1/k.
    """
    share = np.maximum(D - 1 / D.shape[1], 0)
    total = share.sum(0)[:, None]
    return np.asarray(share.T @ weights / np.where(total > 0, total, np.nan))
