"""The tables as Markdown."""

from collections.abc import Iterator, Sequence

from mpcl_core.evaluation.compare import Result
from mpcl_core.reporting.tables.sheet import Cell, Sheet, sheets


def as_markdown(name: str, results: Sequence[Result]) -> str:
    """A heading, and each result's tables with what the numbers are about."""
    parts = [f"# {name}", *(part for result in results for sheet in sheets(result) for part in _parts(sheet))]
    return "\n\n".join(parts) + "\n"


def _parts(sheet: Sheet) -> Iterator[str]:
    yield f"{'##' if sheet.first else '###'} {sheet.title}"
    yield from filter(None, [*sheet.notes, sheet.tails])
    rule = ["---", *["---:"] * (len(sheet.headings) - 1)]
    lines = [sheet.headings, rule, *([_cell(cell) for cell in line] for line in sheet.lines)]
    yield "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(cell: Cell) -> str:
    text = cell.text.replace("|", "\\|")
    text = f"**{text}**" if cell.best else f"<ins>{text}</ins>" if cell.second else text
    return text + "†" * cell.marked + cell.tail
