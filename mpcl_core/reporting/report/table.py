"""A table as the report shows it, and how its numbers are written."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mpcl_core.evaluation.metrics import HIGHER_IS_BETTER, KL
from mpcl_core.evaluation.summary import VariantScore

_NUMBER = re.compile(r"[–\[]|[<+−-]?\.?\d[\d.,e+-]*(\s|%|$)")


@dataclass(frozen=True)
class Table:
    """A table.

    Args:
        title: what it holds.
        head: the names of its columns; the first column names the rows.
        rows: as many cells each.
        notes: what a reader must know to read it.
        folded: shown only when asked for.
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    folded: bool = False

    @property
    def numeric(self) -> list[bool]:
        """Of each column, whether all its cells are numbers or dashes."""
        columns = zip(*self.rows, strict=True) if self.rows else [("",)] * len(self.head)
        return [all(_NUMBER.match(cell) for cell in column) for column in columns]


def heading(metric: str) -> str:
    """A metric's name with the direction that is better."""
    name = "KL" if metric == KL else metric
    return f"{name}\u00a0{'↑' if HIGHER_IS_BETTER[metric] else '↓'}"


def scored(number: VariantScore | None) -> str:
    """A mean over its 95 % interval; a dash where there is no number."""
    if number is None:
        return "–"
    return f"{number.mean:.4f}" + ("" if math.isnan(number.low) else f"\n{between(number)}")


def between(number: VariantScore) -> str:
    """The interval, or '' where there is none."""
    return "" if math.isnan(number.low) else f"[{number.low:.4f}, {number.high:.4f}]"


def plain(value: float) -> str:
    """Four digits behind the point."""
    return f"{value:.4f}"


def stated(value: float, low: float, high: float, written: Callable[[float], str]) -> str:
    """Return a number over its interval.

    Args:
        value: the number.
        low, high: its interval; NaN where there is none.
        written: how numbers are written.

    Returns:
        The text of a cell; a dash where there is no number.
    """
    if math.isnan(value):
        return "–"
    return written(value) + ("" if math.isnan(low) or math.isnan(high) else f"\n[{written(low)}, {written(high)}]")


def tidy(value: float) -> str:
    """Return a number with four significant digits.

    Args:
        value: the number.

    Returns:
        The text of a cell; a dash where the number is NaN.
    """
    return "–" if math.isnan(value) else f"{value:.4g}"
