"""Write the tables as Markdown."""

from collections.abc import Iterator, Sequence

from mpcl_core.evaluation.compare import Comparison
from mpcl_core.reporting.tables.result_table import Cell, ResultTable, build_tables
from mpcl_core.toolkit.printable import markdown_text


def as_markdown(name: str, results: Sequence[Comparison]) -> str:
    """Write the tables of results as Markdown, with the notes above each table.

    Args:
        name: heading of the document.
        results: the results, one for each group of comparable variants.

    Returns:
        The text of the document.
    """
    parts = [
        f"# {markdown_text(name)}",
        *(part for result in results for table in build_tables(result) for part in _parts(table)),
    ]
    return "\n\n".join(parts) + "\n"


def _parts(table: ResultTable) -> Iterator[str]:
    yield f"{'##' if table.is_first else '###'} {table.title}"
    yield from map(markdown_text, filter(None, [*table.notes, table.suffix_note]))
    rule = ["---", *["---:"] * (len(table.headings) - 1)]
    lines = [table.headings, rule, *([_write_cell(cell) for cell in row] for row in table.rows)]
    yield "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _write_cell(cell: Cell) -> str:
    text = markdown_text(cell.text).replace("|", "\\|")
    text = f"**{text}**" if cell.is_best else f"<ins>{text}</ins>" if cell.is_second else text
    return text + "†" * cell.is_significant + cell.suffix
