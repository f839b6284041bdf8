"""A table as the report shows it, and how its numbers are written."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mpcl_core.evaluation.metrics import HIGHER_IS_BETTER
from mpcl_core.runs.reader import KL, Number

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


def scored(number: Number | None) -> str:
    """A mean over its 95 % interval; a dash where there is no number."""
    if number is None:
        return "–"
    return f"{number.mean:.4f}" + ("" if math.isnan(number.low) else f"\n{between(number)}")


def between(number: Number) -> str:
    """The interval, or '' where there is none."""
    return "" if math.isnan(number.low) else f"[{number.low:.4f}, {number.high:.4f}]"


def plain(value: float) -> str:
    """Four digits behind the point."""
    return f"{value:.4f}"


def stated(line: Mapping[str, str], name: str, written: Callable[[float], str]) -> str:
    """A number of a CSV line over its interval, the columns ``low`` and ``high``; a dash where there is none."""
    mean, low, high = (line.get(column) or "" for column in (name, "low", "high"))
    if not mean:
        return "–"
    return written(float(mean)) + (f"\n[{written(float(low))}, {written(float(high))}]" if low and high else "")


def tidy(cell: str) -> str:
    """A cell of a CSV file: four significant digits, a dash where it is empty or no number."""
    if cell.strip().lower() in ("", "nan"):
        return "–"
    try:
        value = float(cell)
    except ValueError:
        return cell
    return cell if value.is_integer() and "." not in cell and "e" not in cell.lower() else f"{value:.4g}"
