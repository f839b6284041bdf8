"""What all figures share: colours, a page with its heading and caption, and heat maps with named axes."""

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from mpcl_core.runs.diagnostics import Study

TRUE, PREDICTED, REFERENCE, STAMP = "#0072B2", "#E69F00", "#8c8c8c", "#D55E00"
"""Okabe and Ito's palette, told apart by colour-blind readers."""

SEVERAL = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
"""Where things of one kind stand in one panel."""

WIDTH = 7.2
"""Inches: the width of a page's text."""

SQUARES = 4.5
"""Inches: the height of a page with two square matrices side by side."""

STYLE: Any = {
    "svg.hashsalt": "mpcl",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
}
"""matplotlib's settings while figures are made. Text stays text, which a reader can search and which takes a quarter
of the space; names from recipes and data are never read as mathematics."""


def page(heading: str, of: str, study: Study, caption: str, height: float, width: float = WIDTH) -> Figure:
    """An empty figure that says what it is about, with its grade, and SIMULATED where nobody was measured.

    Args:
        heading: what it shows.
        of: the run and variant.
        study: whose grade it has.
        caption: how to read it.
        height, width: inches.
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.suptitle(f"{heading}\n{of} · grade: {study['grade']}", x=0.01, ha="left", fontsize=9)
    figure.supxlabel(textwrap.fill(caption, int(18 * width)), x=0.01, ha="left", fontsize=7, color="#444444")
    if study["simulated"]:
        figure.text(0.99, 1 - 0.06 / height, "SIMULATED", ha="right", va="top", fontsize=9, weight="bold", color=STAMP)
    return figure


def short(name: str, most: int = 36) -> str:
    """A name that fits beside a panel; what tells names apart stands at either end."""
    head = most // 2
    return name if len(name) <= most else f"{name[:head]}…{name[head + 1 - most :]}"


def counted(number: int, noun: str) -> str:
    """``1 fold``, ``2 folds``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def grid(figure: Figure, rows: int, columns: int) -> list[list[Axes]]:
    """Many small panels whose columns share their axes, at fixed places, which is far quicker than to fit them."""
    height, width = figure.get_figheight(), figure.get_figwidth()
    figure.set_layout_engine("none")
    figure.suptitle(figure.get_suptitle(), x=0.01, y=1 - 0.06 / height, ha="left", fontsize=9)
    inside = {"left": 0.75 / width, "right": 1 - 0.1 / width, "top": 1 - 0.7 / height, "bottom": 0.95 / height}
    places = figure.add_gridspec(rows, columns, **inside, wspace=0.5, hspace=0.16)
    panels = places.subplots(squeeze=False, sharex=True, sharey="col")
    for axes in panels.flat:
        axes.tick_params(labelsize=6)
    return panels.tolist()  # type: ignore[no-any-return]


def heatmap(
    axes: Axes, values: Float[np.ndarray, "r c"], limits: tuple[float, float], colours: str, aspect: str = "equal"
) -> AxesImage:
    """A matrix as colours; NaN is grey."""
    colour_map = colormaps[colours].with_extremes(bad="#c8c8c8")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    low, high = limits
    return axes.imshow(values, cmap=colour_map, vmin=low, vmax=high, aspect=aspect, interpolation="nearest")  # type: ignore[arg-type]


def name_axis(axis: Axis, labels: Sequence[str], places: Sequence[float] | None = None) -> None:
    """Names along an axis of a heat map, one a cell where no places are given."""
    axis.set_ticks(range(len(labels)) if places is None else list(places), labels=list(labels))
    if isinstance(axis, XAxis):
        axis.set_tick_params(rotation=90)
