"""Assign the figures to the sections of the report, and embed them as SVG or, if they are large, as PNG."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from pathlib import Path

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures import FAMILIES
from mpcl_core.reporting.report.inline_svg import inline_svg
from mpcl_core.runs.layout import FIGURES

SECTIONS = {
    "people": ("people",),
    "variants": ("scores", "critical", "sensitivity"),
    "distributions": ("distributions",),
    "cooccurrence": ("cooccurrence",),
    "retrieval": ("retrieval", "attention", "assignment", "prototypes"),
    "learning": ("learning",),
    "robustness": ("robustness", "missing"),
    "error_bars": ("reliability",),
}
"""Section -> beginnings of its figures' names, in order. All other figures are in the section ``other``."""

MAX_SVG_SIZE = 700_000
"""Bytes of an SVG file above which the figure is embedded as PNG."""

MAX_TOTAL_SIZE = 3_500_000
"""Bytes of all embedded figures; a figure that exceeds it is named on the page and left in its file."""


@dataclass(frozen=True)
class EmbeddedFigure:
    """Hold a figure of the page.

    Args:
        name: name of its file without the ending.
        svg: the SVG element; '' if it is not embedded as SVG.
        png: the PNG as base64; '' if it is not embedded as PNG.
    """

    name: str
    svg: str = ""
    png: str = ""

    @property
    def label(self) -> str:
        """Return the name as words."""
        return self.name.replace("-", " ").replace("_", " ")


def embed_figures(run: Run) -> dict[str, list[EmbeddedFigure]]:
    """Embed the figures in the run folder.

    Args:
        run: the run.

    Returns:
        Section -> its figures.
    """
    found: dict[str, list[EmbeddedFigure]] = {section: [] for section in (*SECTIONS, "other")}
    remaining = MAX_TOTAL_SIZE
    for number, (section, path) in enumerate(_assign_sections(run.path / FIGURES), 1):
        figure = _embed(run, path, f"f{number}-")
        size = len(figure.svg) + len(figure.png)
        found[section].append(figure if size <= remaining else EmbeddedFigure(path.stem))
        remaining -= size if size <= remaining else 0
    return found


def _assign_sections(folder: Path) -> Iterator[tuple[str, Path]]:
    remaining = sorted(folder.glob("*.svg"))
    for section, beginnings in SECTIONS.items():
        for beginning in beginnings:
            matching = [path for path in remaining if path.stem.startswith(beginning)]
            yield from ((section, path) for path in matching)
            remaining = [path for path in remaining if path not in matching]
    yield from (("other", path) for path in remaining)


def _embed(run: Run, path: Path, prefix: str) -> EmbeddedFigure:
    named = EmbeddedFigure(path.stem)
    if path.stat().st_size > MAX_SVG_SIZE:
        return EmbeddedFigure(path.stem, png=_draw_png(run, path.stem))
    return EmbeddedFigure(path.stem, svg=inline_svg(path, prefix, f"Figure: {named.label}"))


def _draw_png(run: Run, name: str) -> str:
    """Draw a figure again as PNG.

    Args:
        run: the run.
        name: name of the figure.

    Returns:
        The image as base64; '' if no family draws a figure of this name.
    """
    from matplotlib import rc_context, rcdefaults, rcParams

    from mpcl_core.reporting.figures.layout import STYLE

    family = next((family for family in FAMILIES if name.startswith(family)), None)
    if family is None:
        return ""
    with rc_context():
        rcdefaults()
        rcParams.update(STYLE)
        figures = import_module(f"mpcl_core.reporting.figures.{family}").build_figures(run)
        figure = next((figure for found, figure in figures if found == name), None)
        if figure is None:
            return ""
        png = BytesIO()
        figure.savefig(png, format="png", dpi=160, metadata={"Software": None})
    return b64encode(png.getvalue()).decode()
