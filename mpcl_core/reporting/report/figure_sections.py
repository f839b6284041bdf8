"""Which figures stand in which section, and what is done with one that is large."""

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
    "result": ("scores",),
    "variants": ("critical", "sensitivity"),
    "distributions": ("distributions",),
    "cooccurrence": ("cooccurrence",),
    "reads": ("retrieval", "attention", "assignment", "prototypes"),
    "learning": ("learning",),
    "robustness": ("robustness", "missing"),
}
"""Section -> how the names of its figures begin, in order. All others stand in the section ``other``."""

LARGE = 700_000
"""Bytes of an SVG file above which the figure is shown as pixels."""

ROOM = 3_500_000
"""Bytes of all figures together; beyond, a figure is named and left in its file."""


@dataclass(frozen=True)
class Picture:
    """A figure on the page.

    Args:
        name: its file's name without ending.
        svg: the element; '' where it is shown otherwise.
        png: its pixels as base64; '' where it is shown otherwise.
    """

    name: str
    svg: str = ""
    png: str = ""

    @property
    def label(self) -> str:
        """Its name in words."""
        return self.name.replace("-", " ").replace("_", " ")


def pictures(run: Run) -> dict[str, list[Picture]]:
    """Section -> its figures."""
    found: dict[str, list[Picture]] = {section: [] for section in (*SECTIONS, "other")}
    room = ROOM
    for number, (section, path) in enumerate(_placed(run.path / FIGURES), 1):
        picture = _picture(run, path, f"f{number}-")
        size = len(picture.svg) + len(picture.png)
        found[section].append(picture if size <= room else Picture(path.stem))
        room -= size if size <= room else 0
    return found


def _placed(folder: Path) -> Iterator[tuple[str, Path]]:
    left = sorted(folder.glob("*.svg"))
    for section, beginnings in SECTIONS.items():
        for beginning in beginnings:
            mine = [path for path in left if path.stem.startswith(beginning)]
            yield from ((section, path) for path in mine)
            left = [path for path in left if path not in mine]
    yield from (("other", path) for path in left)


def _picture(run: Run, path: Path, prefix: str) -> Picture:
    name = Picture(path.stem)
    if path.stat().st_size > LARGE:
        return Picture(path.stem, png=_pixels(run, path.stem))
    return Picture(path.stem, svg=inline_svg(path, prefix, f"Figure: {name.label}"))


def _pixels(run: Run, name: str) -> str:
    """The figure drawn anew as PNG; '' where no family draws one of this name."""
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
        pixels = BytesIO()
        figure.savefig(pixels, format="png", dpi=160, metadata={"Software": None})
    return b64encode(pixels.getvalue()).decode()
