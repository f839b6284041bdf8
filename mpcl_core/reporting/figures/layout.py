"""Provide what all figures share: colours, a page with its heading and caption, and heat maps with named axes."""

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

from mpcl_core.runs.manifest import StudyManifest

TRUE, PREDICTED, BASELINE, STAMP = "#0072B2", "#E69F00", "#8c8c8c", "#D55E00"
"""Okabe and Ito's palette, which colour-blind readers can distinguish."""

SEVERAL = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
"""Colours for several series of one kind in one panel."""

WIDTH = 7.2
"""Width of a page's text in inches."""

ABOVE = 0.65
"""Inches of a page above its panels: the heading and the panels' titles."""

CAPTION_LINE = 0.12
"""Height of a line of the caption in inches."""

BAR = 0.85
"""Inches at the right of a grid of panels for its colour bar."""

SMALLEST, MOST_NAMES = 0.2, 2.1
"""Inches that a panel has at least, and that names beside panels have at most."""

SQUARES = 4.5
"""Height in inches of a page with two square matrices side by side."""

STYLE: Any = {
    "svg.hashsalt": "mpcl",
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.titley": 1.0,
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
"""Settings of matplotlib while figures are drawn.

Text stays text in the SVG: readers can search it, and the files are a quarter of the size. Titles stand at the top edge
of a panel (``axes.titley``), since looking for a free place takes a tenth of the time of a figure. Names from recipes
and data are never parsed as mathematics.
"""


def new_page(
    heading: str, subject: str, study: StudyManifest, caption: str, height: float, width: float = WIDTH
) -> Figure:
    """Create an empty figure with heading, grade and caption, and a SIMULATED stamp for simulated data.

    Args:
        heading: what the figure shows.
        subject: the run and the variant, written below the heading.
        study: the study, for its grade.
        caption: how to read the figure.
        height, width: size in inches.

    Returns:
        The figure, without axes.
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.suptitle(f"{heading}\n{subject} · grade: {study.grade}", x=0.01, ha="left", fontsize=9)
    figure.supxlabel(textwrap.fill(caption, int(18 * width)), x=0.01, ha="left", fontsize=7, color="#444444")
    if study.is_simulated:
        figure.text(0.99, 1 - 0.06 / height, "SIMULATED", ha="right", va="top", fontsize=9, weight="bold", color=STAMP)
    return figure


def shorten(name: str, limit: int = 36) -> str:
    """Cut a long name in the middle, since similar names usually differ at either end.

    Args:
        name: the name.
        limit: greatest length in characters.

    Returns:
        The name, with an ellipsis in the middle if it was too long.
    """
    head = limit // 2
    return name if len(name) <= limit else f"{name[:head]}…{name[head + 1 - limit :]}"


def add_panel_grid(
    figure: Figure,
    rows: int,
    columns: int,
    *,
    left: float,
    below: float,
    right: float = 0.1,
    gaps: tuple[float, float] = (0.0, 0.0),
    **sharing: Any,
) -> list[list[Axes]]:
    """Add a grid of panels between the heading and the caption.

    The positions are fixed, which takes half the time of a figure that matplotlib's constrained layout measures twice.

    Args:
        figure: the page.
        rows, columns: size of the grid.
        left, right, below: inches beside and below the grid, for its labels; below, the caption's height is added.
        gaps: inches between columns and between rows.
        **sharing: ``sharex`` and ``sharey`` of matplotlib's ``subplots``.

    Returns:
        The panels, row by row.
    """
    height, width = figure.get_figheight(), figure.get_figwidth()
    caption = figure.get_supxlabel()
    figure.set_layout_engine("none")
    figure.suptitle(figure.get_suptitle(), x=0.01, y=1 - 0.06 / height, ha="left", fontsize=9)
    figure.supxlabel(caption, x=0.01, y=0.05 / height, ha="left", fontsize=7, color="#444444")
    below += 0.1 + CAPTION_LINE * (caption.count("\n") + 1)
    across = max((width - left - right - (columns - 1) * gaps[0]) / columns, SMALLEST)
    down = max((height - below - ABOVE - (rows - 1) * gaps[1]) / rows, SMALLEST)
    specification = figure.add_gridspec(
        rows,
        columns,
        left=left / width,
        right=1 - right / width,
        top=1 - ABOVE / height,
        bottom=below / height,
        wspace=gaps[0] / across,
        hspace=gaps[1] / down,
    )
    return specification.subplots(squeeze=False, **sharing).tolist()  # type: ignore[no-any-return]


def add_colour_bar(
    figure: Figure, image: AxesImage, panels: Sequence[Axes], label: str, shrink: float = 0.7, **options: Any
) -> None:
    """Add a colour bar at the right of some panels, beside which there are `BAR` inches.

    Args:
        figure: the page.
        image: the image whose colours are explained.
        panels: the panels with these colours.
        label: what they show.
        shrink: the height of the bar, as a share of the panels'.
        **options: further arguments of matplotlib's ``colorbar``.
    """
    places = [axes.get_position() for axes in panels]
    low, high = min(place.y0 for place in places), max(place.y1 for place in places)
    inch, size = 1 / figure.get_figwidth(), shrink * (high - low)
    at = max(place.x1 for place in places) + 0.12 * inch, (low + high - size) / 2, 0.13 * inch, size
    figure.colorbar(image, cax=figure.add_axes(at), label=label, **options)


def text_width(texts: Sequence[str], size: float = 7) -> float:
    """Return about how wide the longest of some texts is.

    Args:
        texts: the texts.
        size: of the font, in points.

    Returns:
        Inches, for average letters; at most `MOST_NAMES`.

    Example:
        >>> round(text_width(["calm", "angry"]), 2)
        0.28
    """
    return min(max(map(len, texts), default=0) * 0.57 * size / 72, MOST_NAMES)


def draw_heatmap(
    axes: Axes, values: Float[np.ndarray, "r c"], limits: tuple[float, float], colours: str, aspect: str = "equal"
) -> AxesImage:
    """Draw a matrix as colours; NaN is grey.

    A figure holds one pixel for each cell, which stays sharp at every size.

    Args:
        axes: the panel.
        values: the matrix.
        limits: values at the two ends of the colour scale.
        colours: name of matplotlib's colour map.
        aspect: ``equal`` for square cells, ``auto`` to fill the panel.

    Returns:
        The image, for a colour bar.
    """
    colour_map = colormaps[colours].with_extremes(bad="#c8c8c8")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    low, high = limits
    number = axes.figure.axes.index(axes)  # by itself, matplotlib gives equal images the same id
    options: Any = {"aspect": aspect, "interpolation": "none", "gid": f"cells-{number}"}
    return axes.imshow(values, cmap=colour_map, vmin=low, vmax=high, **options)


def name_axis(axis: Axis, labels: Sequence[str], positions: Sequence[float] | None = None) -> None:
    """Write names along an axis of a heat map.

    Args:
        axis: the axis.
        labels: the names.
        positions: where they stand, in cells; None: one name for each cell.
    """
    axis.set_ticks(range(len(labels)) if positions is None else list(positions), labels=list(labels))
    if isinstance(axis, XAxis):
        axis.set_tick_params(rotation=90)
