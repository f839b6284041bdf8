"""Print the tables in a terminal.

The ablation table is only written to the files: it is too wide, and adds little to the other tables. Intervals are left
out where they would leave no space for the names.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mpcl_core.evaluation.compare import Comparison
from mpcl_core.reporting.tables.result_table import Cell, ResultTable, build_tables
from mpcl_core.toolkit.printable import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

SHORT = {"Chebyshev ↓": "Cheb ↓", "Canberra ↓": "Canb ↓", "cosine ↑": "cos ↑", "intersection ↑": "inter ↑"}

MIN_WIDTH_FOR_INTERVALS = 100
"""Columns that a terminal needs for the intervals of the numbers."""


def show(results: Sequence[Comparison], console: "Console") -> None:
    """Print the numbers and the tests of each result.

    Args:
        results: the results, one for each group of comparable variants.
        console: the terminal; it must not take text for markup.
    """
    for result in results:
        for table in build_tables(result):
            if not table.is_wide:
                _print(table, console, suffixes=not table.is_first or console.width >= MIN_WIDTH_FOR_INTERVALS)


def _print(content: ResultTable, console: "Console", suffixes: bool) -> None:
    from rich import box
    from rich.table import Table

    table = Table(title=content.title, title_justify="left", title_style="bold", box=box.SIMPLE, pad_edge=False)
    table.add_column("variant", overflow="fold")
    for heading in content.headings[1:]:
        table.add_column(SHORT.get(heading, heading), justify="right", no_wrap=True)
    for row in content.rows:
        table.add_row(*(_style_cell(cell, suffixes) for cell in row))
    console.print(table)
    for note in filter(None, [*content.notes, content.suffix_note * suffixes]):
        console.print(note)
    console.print()


def _style_cell(cell: Cell, suffixes: bool) -> "Text":
    from rich.text import Text

    style = "bold" if cell.is_best else "underline" if cell.is_second else ""
    return Text.assemble((printable(cell.text), style), "†" * cell.is_significant, cell.suffix * suffixes)
