"""What an objective's retrieval reads: the attention of every stream's rows in every stream's space."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
from jaxtyping import Float, Int64
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from mpcl_core.reporting.figures.layout import heatmap, name_axis, page
from mpcl_core.runs.diagnostics import SampleVariant
from mpcl_core.runs.reader import Run


def figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """``retrieval-<objective>`` of the variant that is shown, for objectives that keep an attention."""
    shown = run.shown
    found: dict[str, dict[str, np.ndarray]] = {}
    for key, values in shown.diagnostics.items() if shown else ():
        kind, _, rest = key.partition(".")
        objective, _, view = rest.partition(".")
        if kind == "objectives" and view.endswith(".attention"):
            found.setdefault(objective, {})[view.removesuffix(".attention")] = values
    for objective, spaces in found.items():
        if shown is not None and all(len(values) == len(spaces) * len(shown.D) for values in spaces.values()):
            yield f"retrieval-{objective}", _figure(shown, objective, spaces)


def _figure(shown: SampleVariant, objective: str, spaces: Mapping[str, np.ndarray]) -> Figure:
    n = len(spaces)
    caption = (
        f"Attention of each row (down) over the rows or prototypes of a stream (across); a row sums to 1. "
        f"{len(shown.D)} test rows of {shown.job}, grouped by the emotion that stands out most against its mean over "
        "them. A row that lacks a stream is not stored, and attends evenly. Colours end at the 98th percentile."
    )
    figure = page(f"Retrieval of '{objective}'", shown.title, shown.study, caption, 6.4 if n > 1 else 4.5)
    grid = figure.subplots(n, n, squeeze=False, sharex="row", sharey=True)
    top = float(np.percentile(np.concatenate([values.ravel() for values in spaces.values()]), 98))
    for row, (space, values) in zip(grid, spaces.items(), strict=True):
        for axes, stream, attention in zip(row, spaces, np.split(values, n), strict=True):
            _panel(axes, shown, attention, top)
            axes.set_title(f"{stream} reads {space}", loc="left", fontsize=8 if n < 3 else 7)
    figure.colorbar(grid[0][0].images[0], ax=grid.ravel().tolist(), shrink=0.6, label="attention", extend="max")
    return figure


def _panel(axes: Axes, shown: SampleVariant, attention: Float[np.ndarray, "b s"], top: float) -> None:
    emotion = (shown.D - shown.D.mean(0)).argmax(1)
    order = np.argsort(emotion, kind="stable")
    b, s = attention.shape
    if s == b:
        attention, across = attention[:, order], emotion[order]
    else:
        across = np.arange(s) * len(shown.labels) // s
    heatmap(axes, attention[order], (0.0, top), "cividis", aspect="auto")
    _name_groups(axes.xaxis, shown, across)
    _name_groups(axes.yaxis, shown, emotion[order])


def _name_groups(axis: Axis, shown: SampleVariant, emotion: Int64[np.ndarray, "n"]) -> None:
    """An emotion's name in the middle of its cells, which stand side by side."""
    starts = [0, *(np.flatnonzero(np.diff(emotion)) + 1).tolist(), len(emotion)]
    middle = [(start + stop - 1) / 2 for start, stop in pairwise(starts)]
    name_axis(axis, [shown.labels[emotion[start]] for start in starts[:-1]], middle)
