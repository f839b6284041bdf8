"""Provide the tables of the report and the format of their cells."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isnan

from mpcl_core.evaluation.metrics import KL
from mpcl_core.evaluation.summary import VariantScore

_NUMBER = re.compile(r"[–\[]|[<+−-]?\.?\d[\d.,e+-]*(\s|%|$)")


@dataclass(frozen=True)
class Table:
    """Hold a table of the report.

    Args:
        title: what it contains.
        head: names of the columns; the first column names the rows.
        rows: the cells, as many in each row as there are columns.
        notes: how to read the numbers.
        is_folded: whether it is hidden until the reader opens it.
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    is_folded: bool = False

    @property
    def numeric_columns(self) -> list[bool]:
        """Return for each column whether all its cells are numbers or dashes."""
        columns = zip(*self.rows, strict=True) if self.rows else [("",)] * len(self.head)
        return [all(_NUMBER.match(cell) for cell in column) for column in columns]


def format_heading(metric: str, higher_is_better: bool) -> str:
    """Format the name of a metric with an arrow in the direction of better values.

    Args:
        metric: the metric.
        higher_is_better: whether a larger value is better.

    Returns:
        For example ``KL ↓``, with a space that does not break.
    """
    name = "KL" if metric == KL else metric
    return f"{name}\u00a0{'↑' if higher_is_better else '↓'}"


def format_fixed(value: float) -> str:
    """Format a number with four decimals.

    Args:
        value: the number.

    Returns:
        For example ``0.0123``.
    """
    return f"{value:z.4f}"


def format_significant(value: float) -> str:
    """Format a number with four significant digits.

    Args:
        value: the number.

    Returns:
        The text; a dash for NaN.
    """
    return "–" if isnan(value) else f"{value:.4g}"


def format_interval(score: VariantScore) -> str:
    """Format the interval of a score.

    Args:
        score: the score.

    Returns:
        The interval in brackets; '' if there is none.
    """
    return "" if isnan(score.low) else f"[{score.low:z.4f}, {score.high:z.4f}]"


def format_score_cell(score: VariantScore | None) -> str:
    """Format a mean with its 95 % interval on a second line.

    Args:
        score: the score.

    Returns:
        The cell; a dash if there is no score.
    """
    return "–" if score is None else format_cell(score.mean, score.low, score.high, format_fixed)


def format_cell(value: float, low: float, high: float, write: Callable[[float], str]) -> str:
    """Format a number with its interval on a second line.

    Args:
        value: the number.
        low, high: its interval; NaN if there is none.
        write: formats a number.

    Returns:
        The cell; a dash if the number is NaN.
    """
    if isnan(value):
        return "–"
    return write(value) + ("" if isnan(low) or isnan(high) else f"\n[{write(low)}, {write(high)}]")


def with_last_notes(tables: Sequence[Table], notes: Sequence[str]) -> list[Table]:
    """Return tables with notes below the last one that is not folded, where they are seen at once.

    Args:
        tables: the tables.
        notes: the notes, in place of those of this table; of the last one if all are folded.

    Returns:
        The tables.
    """
    shown = [number for number, table in enumerate(tables) if not table.is_folded] or [len(tables) - 1]
    return [replace(table, notes=notes) if number == shown[-1] else table for number, table in enumerate(tables)]
