"""What all figures share: colours, a page with its heading and caption, and heat maps with named axes."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float
from matplotlib import colormaps
from matplotlib.figure import Figure

from mpcl_core.results.figures.reading import Study

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.image import AxesImage

TRUE, PREDICTED, REFERENCE, STAMP = "#0072B2", "#E69F00", "#8c8c8c", "#D55E00"
"""Okabe and Ito's palette, told apart by colour-blind readers."""

SEVERAL = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
"""Where things of one kind stand in one panel."""

WIDTH = 7.2
"""Inches: the width of a page's text."""

STYLE: dict[str, Any] = {
    "svg.hashsalt": "mpcl",
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
"""matplotlib's settings while figures are made. Names from recipes and data are never read as mathematics."""


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
    figure.supxlabel(textwrap.fill(caption, int(17.5 * width)), x=0.01, ha="left", fontsize=7, color="#444444")
    if study["simulated"]:
        figure.text(0.99, 0.99, "SIMULATED", ha="right", va="top", fontsize=9, weight="bold", color=STAMP)
    return figure


def heatmap(
    axes: "Axes", values: Float[np.ndarray, "r c"], limits: tuple[float, float], colours: str, aspect: str = "equal"
) -> "AxesImage":
    """A matrix as colours; NaN is light grey."""
    colour_map = colormaps[colours].with_extremes(bad="#e4e4e4")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    low, high = limits
    return axes.imshow(values, cmap=colour_map, vmin=low, vmax=high, aspect=aspect, interpolation="nearest")  # type: ignore[arg-type]


def name_axis(axis: "Axis", labels: Sequence[str], each: int = 1) -> None:
    """Names along an axis of a heat map, one for ``each`` cells."""
    middle = np.arange(len(labels)) * each + (each - 1) / 2
    axis.set_ticks(middle.tolist(), labels=list(labels))
    if axis.axis_name == "x":
        axis.set_tick_params(rotation=90)


def separate(axes: "Axes", every: int, n: int, both: bool = True) -> None:
    """White lines between groups of ``every`` cells; none where a group is one cell."""
    for at in range(every, n * every, every) if every > 1 else ():
        axes.axvline(at - 0.5, color="white", linewidth=0.8)
        if both:
            axes.axhline(at - 0.5, color="white", linewidth=0.8)
