"""Draw the figures of a run, each if the run folder holds the data for it.

matplotlib is imported when the first figure is drawn, not before, and without pyplot. The same run gives the same
files.
"""

import io
import logging
import re
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

from mpcl_core.evaluation.run import Run
from mpcl_core.interfaces.errors import describe_error, is_disk_full
from mpcl_core.runs.layout import FIGURES

FAMILIES = (
    "people",
    "scores",
    "critical_difference",
    "learning",
    "sensitivity",
    "robustness",
    "reliability",
    "distributions",
    "cooccurrence",
    "prototypes",
    "assignment",
    "attention",
    "retrieval",
)
"""The modules that draw. Each has ``build_figures(run)``, which yields pairs of a file name and a figure."""

DPI = 200
"""Resolution of raster images inside the figures; everything else is vector graphics."""

PLACES = 5
"""Decimals of the place of a panel, as a share of the page."""

log = logging.getLogger("mpcl.figures")


def draw(run: Run, folder: Path | None = None) -> list[Path]:
    """Draw all figures of a run as SVG files.

    If a family of figures fails, log one line and draw the others: a figure must not make a run fail.

    Args:
        run: the run.
        folder: where they are written; ``figures/`` of the run folder where None.

    Returns:
        The files that were written.

    Raises:
        OSError: the disk is full.
    """
    written: list[Path] = []
    for family in FAMILIES:
        try:
            written += _draw(run, family, folder or run.path / FIGURES)
        except Exception as error:
            if is_disk_full(error):
                raise
            log.warning("No figure '%s': %s", family, describe_error(error))
    return written


def _draw(run: Run, family: str, folder: Path) -> list[Path]:
    from matplotlib import rc_context, rcdefaults, rcParams
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    from mpcl_core.reporting.figures.layout import STYLE

    written = []
    with rc_context(), warnings.catch_warnings():
        rcdefaults()
        rcParams.update(STYLE)
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a label in a script that the font lacks
        for name, figure in import_module(f"{__name__}.{family}").build_figures(run):
            folder.mkdir(exist_ok=True)
            written.append(folder / f"{name}.svg")
            figure.set_dpi(DPI)  # savefig would draw twice
            canvas: Any = FigureCanvasSVG(figure)
            _settle(figure)
            content = io.StringIO()
            canvas.print_svg(content, metadata={"Date": None, "Creator": None})
            written[-1].write_text(number_ids(content.getvalue()), encoding="utf-8", newline="\n")
    return written


def _settle(figure: Any) -> None:
    """Lay a figure out, and round the places of its panels, whose last digits differ from call to call."""
    for axis in (axis for axes in figure.get_axes() for axis in (axes.xaxis, axes.yaxis)):
        if not axis.get_label_text():
            axis.set_label_coords(0.5, 0.5)  # else matplotlib looks for the place of a label that is not there
    if (engine := figure.get_layout_engine()) is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")
        for axes in figure.get_axes():
            axes.set_position([round(value, PLACES) for value in axes.get_position(original=True).bounds])


def number_ids(svg: str) -> str:
    """Replace the identifiers in a figure by numbers in the order in which they first appear.

    matplotlib hashes positions in full precision, and its solver of layouts gives them with differences in the last
    digits, so that the same figure would have other identifiers at each call.

    Args:
        svg: the figure.

    Returns:
        The same figure, which is always the same text.
    """
    numbers: dict[str, str] = {}
    return re.sub(
        r'(id="|url\(#|href="#)([a-z])([0-9a-f]{10})(?=["\)])',
        lambda found: f"{found[1]}{found[2]}{numbers.setdefault(found[3], str(len(numbers)))}",
        svg,
    )
