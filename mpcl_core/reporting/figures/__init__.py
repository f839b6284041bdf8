"""The figures that every run leaves, each where the run holds what it shows.

matplotlib is imported when something is drawn, not before, and without pyplot. The same run gives the same files.
"""

import logging
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

from mpcl_core.interfaces.errors import is_full
from mpcl_core.runs.layout import FIGURES
from mpcl_core.runs.reader import Run

FAMILIES = (
    "scores",
    "critical_difference",
    "learning",
    "sensitivity",
    "robustness",
    "distributions",
    "cooccurrence",
    "prototypes",
    "assignment",
    "attention",
    "retrieval",
)
"""The modules that draw. Each has ``figures(run)``, which yields pairs of a file's name and a figure."""

DPI = 200
"""Of the images inside figures; everything else is made of lines."""

log = logging.getLogger("mpcl.figures")


def draw(run: Path) -> list[Path]:
    """Write ``run/figures/*.svg``, and say which there are.

    A figure that fails is said in one line, and the others are drawn: a picture never costs a run its numbers.

    Raises:
        OSError: the disk is full.
    """
    written: list[Path] = []
    read = Run(run)
    for family in FAMILIES:
        try:
            written += _draw(read, family)
        except Exception as error:
            if is_full(error):
                raise
            log.warning("No figure '%s': %s: %s", family, type(error).__name__, str(error).partition("\n")[0])
    return written


def _draw(run: Run, family: str) -> list[Path]:
    from matplotlib import rc_context, rcdefaults, rcParams
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    from mpcl_core.reporting.figures.layout import STYLE

    folder, written = run.folder / FIGURES, []
    with rc_context(), warnings.catch_warnings():
        rcdefaults()
        rcParams.update(STYLE)
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a label in a script that the font lacks
        for name, figure in import_module(f"{__name__}.{family}").figures(run):
            folder.mkdir(exist_ok=True)
            written.append(folder / f"{name}.svg")
            figure.set_dpi(DPI)  # savefig would draw twice
            canvas: Any = FigureCanvasSVG(figure)
            canvas.print_svg(written[-1], metadata={"Date": None, "Creator": None})
    return written
