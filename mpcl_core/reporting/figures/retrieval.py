"""Draw the attention of an objective's retrieval: of every stream's windows in every stream's space."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from jaxtyping import Float, Int64
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures.layout import (
    BAR,
    add_colour_bar,
    add_panel_grid,
    draw_heatmap,
    name_axis,
    new_page,
    text_width,
)
from mpcl_core.runs.diagnostics import DrawnVariant


def build_figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """Build ``retrieval-<objective>`` of the sample variant, for objectives that store an attention.

    Args:
        run: the run.

    Yields:
        File name and figure of each such objective.
    """
    sample = run.drawn_variant
    found: dict[str, dict[str, np.ndarray]] = {}
    for key, values in sample.diagnostics.items() if sample else ():
        kind, _, rest = key.partition(".")
        objective, _, name = rest.partition(".")
        if kind == "objectives" and name.endswith(".attention"):
            found.setdefault(objective, {})[name.removesuffix(".attention")] = values
    for objective, spaces in found.items():
        if sample is not None and all(len(values) == len(spaces) * len(sample.D) for values in spaces.values()):
            yield f"retrieval-{objective}", _figure(sample, objective, spaces)


def _figure(sample: DrawnVariant, objective: str, spaces: Mapping[str, np.ndarray]) -> Figure:
    n = len(spaces)
    caption = (
        f"Attention of each window (rows) over the windows or prototypes of a stream (columns); each row sums to 1. "
        f"{len(sample.D)} test windows of {sample.job}, grouped by the emotion whose share exceeds its mean over these "
        "windows most. A window without a stream is not stored in its space, and its own attention is uniform. Colours "
        "end at the 98th percentile."
    )
    figure = new_page(f"Retrieval of '{objective}'", sample.title, sample.study, caption, 6.4 if n > 1 else 4.5)
    names = text_width(sample.labels)
    options: Any = {"gaps": (0.15, 0.35 + names), "sharex": "row", "sharey": True}
    grid = add_panel_grid(figure, n, n, left=0.15 + names, right=BAR, below=0.1 + names, **options)
    top = float(np.percentile(np.concatenate([values.ravel() for values in spaces.values()]), 98))
    for row, (space, values) in zip(grid, spaces.items(), strict=True):
        for axes, stream, attention in zip(row, spaces, np.split(values, n), strict=True):
            _draw_panel(axes, sample, attention, top, is_first=axes is row[0])
            axes.set_title(f"{stream} reads {space}", loc="left", fontsize=8 if n < 3 else 7)
    add_colour_bar(figure, grid[0][0].images[0], [axes for row in grid for axes in row], "attention", 0.6, extend="max")
    return figure


def _draw_panel(
    axes: Axes, sample: DrawnVariant, attention: Float[np.ndarray, "b s"], top: float, is_first: bool
) -> None:
    emotion = (sample.D - sample.D.mean(0)).argmax(1)
    order = np.argsort(emotion, kind="stable")
    b, s = attention.shape
    if s == b:
        attention, columns = attention[:, order], emotion[order]
    else:
        columns = np.arange(s) * len(sample.labels) // s
    draw_heatmap(axes, attention[order], (0.0, top), "cividis", aspect="auto")
    _name_groups(axes.xaxis, sample, columns)
    axes.yaxis.set_visible(is_first)  # elsewhere it would be drawn without names
    if is_first:
        _name_groups(axes.yaxis, sample, emotion[order])


def _name_groups(axis: Axis, sample: DrawnVariant, emotion: Int64[np.ndarray, "n"]) -> None:
    """Write the name of each emotion in the middle of its cells, which are adjacent."""
    starts = [0, *(np.flatnonzero(np.diff(emotion)) + 1).tolist(), len(emotion)]
    middle = [(start + stop - 1) / 2 for start, stop in pairwise(starts)]
    name_axis(axis, [sample.labels[emotion[start]] for start in starts[:-1]], middle)
