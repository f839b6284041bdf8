"""The tables in a terminal.

The ablation is left to the files: it is too wide, and says little that these do not. So are the intervals of the
numbers where they would leave no room for the names.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mpcl_core.evaluation.compare import Result
from mpcl_core.reporting.tables.sheet import Cell, Sheet, sheets

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

SHORT = {"Chebyshev ↓": "Cheb ↓", "Canberra ↓": "Canb ↓", "cosine ↑": "cos ↑", "intersection ↑": "inter ↑"}

ROOM = 100
"""Columns of a terminal that has room for the intervals of the numbers."""


def show(results: Sequence[Result], console: "Console") -> None:
    """Print the numbers and the tests of each result."""
    for result in results:
        for sheet in sheets(result):
            if not sheet.wide:
                _show(sheet, console, tails=not sheet.first or console.width >= ROOM)


def _show(sheet: Sheet, console: "Console", tails: bool) -> None:
    from rich import box
    from rich.table import Table

    table = Table(title=sheet.title, title_justify="left", title_style="bold", box=box.SIMPLE, pad_edge=False)
    table.add_column("variant", overflow="fold")
    for heading in sheet.headings[1:]:
        table.add_column(SHORT.get(heading, heading), justify="right", no_wrap=True)
    for line in sheet.lines:
        table.add_row(*(_cell(cell, tails) for cell in line))
    console.print(table)
    for note in filter(None, [*sheet.notes, sheet.tails * tails]):
        console.print(note, highlight=False, markup=False)
    console.print()


def _cell(cell: Cell, tails: bool) -> "Text":
    from rich.text import Text

    style = "bold" if cell.best else "underline" if cell.second else ""
    return Text.assemble((cell.text, style), "†" * cell.marked, cell.tail * tails)
