"""What an objective's retrieval reads: the attention of every stream's rows in every stream's space."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int64
from matplotlib.figure import Figure

from mpcl_core.results.figures.page import heatmap, page
from mpcl_core.results.figures.reading import Run, Shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis


def figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """``retrieval-<objective>`` of the variant that is shown, for objectives that keep an attention."""
    shown = run.shown
    found: dict[str, dict[str, np.ndarray]] = {}
    for key, values in shown.views.items() if shown else ():
        kind, _, rest = key.partition(".")
        objective, _, view = rest.partition(".")
        if kind == "objectives" and view.endswith(".attention"):
            found.setdefault(objective, {})[view.removesuffix(".attention")] = values
    for objective, spaces in found.items():
        if shown is not None and all(len(values) == len(spaces) * len(shown.D) for values in spaces.values()):
            yield f"retrieval-{objective}", _figure(run, shown, objective, spaces)


def _figure(run: Run, shown: Shown, objective: str, spaces: Mapping[str, np.ndarray]) -> Figure:
    n = len(spaces)
    caption = (
        f"Attention of each row (down) over what is stored (across); a row sums to 1. {len(shown.D)} test rows of "
        f"{shown.job}, grouped by the emotion that stands out most against its mean over them."
    )
    figure = page(f"Retrieval of '{objective}'", f"{run.name}, {shown.variant}", shown.study, caption, 1 + 2.8 * n)
    grid = figure.subplots(n, n, squeeze=False)
    top = max(float(values.max()) for values in spaces.values())
    for row, (space, values) in zip(grid, spaces.items(), strict=True):
        for axes, stream, attention in zip(row, spaces, np.split(values, n), strict=True):
            _panel(axes, shown, attention, top)
            axes.set_title(f"{stream} reads {space}", loc="left")
    figure.colorbar(grid[0][0].images[0], ax=grid.ravel().tolist(), shrink=0.6, label="attention")
    return figure


def _panel(axes: "Axes", shown: Shown, attention: Float[np.ndarray, "b s"], top: float) -> None:
    emotion = (shown.D - shown.D.mean(0)).argmax(1)
    order = np.argsort(emotion, kind="stable")
    b, s = attention.shape
    if s == b:
        attention, across = attention[:, order], emotion[order]
    else:
        across = np.arange(s) * len(shown.labels) // s
    heatmap(axes, attention[order], (0, top), "cividis", aspect="auto")
    _name_groups(axes.xaxis, shown, across)
    _name_groups(axes.yaxis, shown, emotion[order])


def _name_groups(axis: "Axis", shown: Shown, emotion: Int64[np.ndarray, "n"]) -> None:
    """An emotion's name in the middle of its cells, which stand side by side."""
    starts = [0, *(np.flatnonzero(np.diff(emotion)) + 1).tolist(), len(emotion)]
    middle = [(start + stop - 1) / 2 for start, stop in pairwise(starts)]
    axis.set_ticks(middle, labels=[shown.labels[emotion[start]] for start in starts[:-1]])
    if axis.axis_name == "x":
        axis.set_tick_params(rotation=90)
